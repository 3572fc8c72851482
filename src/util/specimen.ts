/**
 * V8 forgets what objects of a kind look like when a full collection finds none of them, and throws away the code that it had
 * optimized for them. Objects that live as long as one statement leave a specimen here. Layer 0.
 */
const specimens: object[] = [];

export function keepSpecimen(specimen: object): void {
  specimens.push(specimen);
}
