/** The words that the benchmark's specification makes its data of. */

export const regionNames = ["AFRICA", "AMERICA", "ASIA", "EUROPE", "MIDDLE EAST"] as const;

/** By nation key: the name and the region's key. */
export const nationNames: readonly (readonly [name: string, regionKey: number])[] = [
  ["ALGERIA", 0],
  ["ARGENTINA", 1],
  ["BRAZIL", 1],
  ["CANADA", 1],
  ["EGYPT", 4],
  ["ETHIOPIA", 0],
  ["FRANCE", 3],
  ["GERMANY", 3],
  ["INDIA", 2],
  ["INDONESIA", 2],
  ["IRAN", 4],
  ["IRAQ", 4],
  ["JAPAN", 2],
  ["JORDAN", 4],
  ["KENYA", 0],
  ["MOROCCO", 0],
  ["MOZAMBIQUE", 0],
  ["PERU", 1],
  ["CHINA", 2],
  ["ROMANIA", 3],
  ["SAUDI ARABIA", 4],
  ["VIETNAM", 2],
  ["RUSSIA", 3],
  ["UNITED KINGDOM", 3],
  ["UNITED STATES", 1],
];

const list = (words: string): readonly string[] => words.trim().split(/\s+/);

/** A part is called by five of these. */
export const colours = list(`
  almond antique aquamarine azure beige bisque black blanched blue blush brown burlywood burnished chartreuse chiffon
  chocolate coral cornflower cornsilk cream cyan dark deep dim dodger drab firebrick floral forest frosted gainsboro ghost
  goldenrod green grey honeydew hot indian ivory khaki lace lavender lawn lemon light lime linen magenta maroon medium
  metallic midnight mint misty moccasin navajo navy olive orange orchid pale papaya peach peru pink plum powder puff purple
  red rose rosy royal saddle salmon sandy seashell sienna sky slate smoke snow spring steel tan thistle tomato turquoise
  violet wheat white yellow
`);

export const typeSyllables = [
  list("STANDARD SMALL MEDIUM LARGE ECONOMY PROMO"),
  list("ANODIZED BURNISHED PLATED POLISHED BRUSHED"),
  list("TIN NICKEL BRASS STEEL COPPER"),
] as const;
export const containerSyllables = [list("SM LG MED JUMBO WRAP"), list("CASE BOX BAG JAR PKG PACK CAN DRUM")] as const;
export const segments = list("AUTOMOBILE BUILDING FURNITURE MACHINERY HOUSEHOLD");
export const priorities = ["1-URGENT", "2-HIGH", "3-MEDIUM", "4-NOT SPECIFIED", "5-LOW"] as const;
export const instructions = ["DELIVER IN PERSON", "COLLECT COD", "NONE", "TAKE BACK RETURN"] as const;
export const shipModes = ["REG AIR", "AIR", "RAIL", "SHIP", "TRUCK", "MAIL", "FOB"] as const;

export const nouns = list(`
  foxes ideas theodolites instructions dependencies excuses platelets asymptotes courts dolphins multipliers warthogs
  frets dinos attainments realms braids hockey sheaves escapades accounts packages requests deposits pinto-beans
`);
export const verbs = list(`
  sleep wake haggle nag use boost detect integrate doze lose dazzle solve engage unwind affix cajole snooze promise
`);
export const adjectives = list(`
  furious sly careful blithe quick fluffy slow quiet ruthless thin close dogged daring brave stealthy permanent enticing
  idle busy regular final ironic even bold silent special pending express unusual
`);
export const adverbs = list("sometimes always never furiously slyly carefully blithely quickly fluffily slowly quietly ruthlessly");
