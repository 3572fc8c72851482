/** Models that keep deleted rows, with relations between them. */
import { type AnyModel, type Engine, foreignKey, int, Model, SoftDeleteModel, str } from "../../src/index.ts";
import type { TargetContext } from "../targets/target.ts";

export class Team extends Model("sd_team", { name: str() }) {
  get people() {
    return this.hasMany(Person, (person) => person.teamId);
  }
}
export class Person extends SoftDeleteModel(
  "sd_person",
  { email: str().unique(), age: int().default(30), teamId: foreignKey(() => Team).nullable(), bossId: foreignKey("sd_person").nullable() },
  { cascade: ["notes"] },
) {
  get team() {
    return this.belongsTo(Team, (person) => person.teamId);
  }
  get notes() {
    return this.hasMany(Note, (note) => note.personId, { orderBy: (note) => note.id.asc() });
  }
  get boss() {
    return this.belongsTo(Person, (person) => person.bossId);
  }
  get reports() {
    return this.hasMany(Person, (person) => person.bossId);
  }
  get badges() {
    return this.manyToMany(Badge, PersonBadge, (link) => [link.personId, link.badgeId]);
  }
}
export class Note extends SoftDeleteModel("sd_note", { text: str(), personId: foreignKey(() => Person) }, { cascade: ["replies"] }) {
  get person() {
    return this.belongsTo(Person, (note) => note.personId);
  }
  get replies() {
    return this.hasMany(Reply, (reply) => reply.noteId);
  }
}
export class Reply extends SoftDeleteModel("sd_reply", { text: str(), noteId: foreignKey(() => Note) }) {}
export class Badge extends SoftDeleteModel("sd_badge", { label: str() }) {}
/** A link that keeps the links that were taken away. */
export class PersonBadge extends SoftDeleteModel("sd_person_badge", {
  personId: foreignKey(() => Person).primaryKey(),
  badgeId: foreignKey(() => Badge).primaryKey(),
}) {}

export const softModels = [Team, Person, Note, Reply, Badge, PersonBadge] as const;

export type Using = <M extends AnyModel>(model: M) => M;
export function usingOf(t: TargetContext): Using {
  return <M extends AnyModel>(model: M): M => (model as unknown as { using(engine: Engine): M }).using(t.engine());
}

/** Empties the tables and fills them: ada, bob (deleted, with a live note), cy. */
export async function fillSoft(on: Using): Promise<{ ada: Person; bob: Person; team: Team }> {
  for (const model of [PersonBadge, Badge, Reply, Note] as const) {
    await on(model).all().allRows().delete();
    await on(model).onlyDeleted().purge();
  }
  await on(Person).includeDeleted().allRows().update({ bossId: null });
  await on(Person).all().allRows().delete();
  await on(Person).onlyDeleted().purge();
  await on(Team).all().allRows().delete();
  const team = await on(Team).create({ name: "t" });
  const ada = await on(Person).create({ email: "ada", teamId: team.id, age: 30 });
  const bob = await on(Person).create({ email: "bob", teamId: team.id, age: 50, bossId: ada.id });
  await on(Person).create({ email: "cy", age: 20, bossId: bob.id });
  await on(Note).bulkCreate([
    { text: "a1", personId: ada.id },
    { text: "a2", personId: ada.id },
    { text: "b1", personId: bob.id },
  ]);
  await on(Note).where({ text: "a2" }).delete();
  // Without its notes: the option cascade would take them along.
  await on(Person).where({ id: bob.id }).update({ deletedAt: new Date() });
  await bob.refresh();
  return { ada, bob, team };
}
