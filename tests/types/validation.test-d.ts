/** What the types of rules promise: each where it makes sense, in any order, and the values of the column. */
import { bigint, bool, date, datetime, decimal, float, foreignKey, int, json, Model, oneOf, str, text, uuid } from "kakaorm";
import { check, type Same } from "./assert.ts";

class Person extends Model("person", {
  email: str().nullable().email("no address").maxLength(100).unique(),
  nick: str({ length: 20 })
    .minLength(3)
    .regex(/^[a-z]+$/)
    .default("nobody")
    .slug(),
  site: text()
    .url({ protocols: ["https"] })
    .nullable(),
  host: str().ip({ version: 4 }).hidden(),
  kind: str().oneOf(["a", "b"]).primaryKey(),
  age: int().minValue(0).nullable().maxValue(150, "nobody is that old"),
  seen: bigint()
    .minValue(0n)
    .rule("even", (n) => n % 2n === 0n, "must be even"),
  score: float().minValue(0.5).oneOf([1, 2]),
  price: decimal({ precision: 10, scale: 2 }).minValue("0"),
  born: date().minValue("1900-01-01").nullable(),
  at: datetime().autoNow().minValue(new Date(0)),
}) {}

export function rules(): void {
  type Row = InstanceType<typeof Person>;
  check<Same<Row["email"], string | null>>();
  check<Same<Row["nick"], string>>();
  check<Same<Row["age"], number | null>>();
  check<Same<Row["seen"], bigint>>();
  check<Same<Row["born"], string | null>>();
  check<Same<Row["at"], Date>>();
  void new Person({ email: null, kind: "a", seen: 2n, score: 1, price: "1", host: "h" });

  // @ts-expect-error a number is no address
  int().email();
  // @ts-expect-error nor has it a length
  int().minLength(3);
  // @ts-expect-error bounds are values of the column
  int().minValue("x");
  // @ts-expect-error
  bigint().minValue(3);
  // @ts-expect-error a decimal is compared as text
  decimal({ precision: 5, scale: 2 }).maxValue(3);
  // @ts-expect-error text has no order here
  str().minValue("a");
  // @ts-expect-error
  bool().oneOf([true]);
  // @ts-expect-error
  uuid().minLength(3);
  // @ts-expect-error
  oneOf("a", "b").minLength(3);
  // @ts-expect-error
  json<string>().email();
  // @ts-expect-error
  foreignKey(() => Person).minValue(3);
  // @ts-expect-error a rule answers true or false
  int().rule("later", async () => true);
  // @ts-expect-error
  str().oneOf([1]);
}

class Event extends Model("event", { title: str(), startsAt: datetime(), endsAt: datetime(), size: bigint().nullable() }) {
  override clean() {
    return this.endsAt < this.startsAt ? { endsAt: "must not be before the start" } : undefined;
  }
}
class Booking extends Model("booking", { seat: int(), secret: str().hidden() }) {
  override async clean() {
    if ((await Booking.where({ seat: this.seat }).count()) > 0) return { seat: "is taken" };
    return { "*": "nothing fits" };
  }
}
class Misspelt extends Model("misspelt", { seat: int() }) {
  // @ts-expect-error there is no such field
  override clean() {
    return { seta: "is taken" };
  }
}

export async function validated(): Promise<void> {
  check<Same<ReturnType<typeof checkedEvent>, Event>>();
  check<Same<ReturnType<typeof checkedBooking>, Promise<Booking>>>();
  const event = checkedEvent();
  check<Same<ReturnType<typeof event.validate>, void>>();
  await event.fullClean();
  await event.validateUnique();
  const json = event.toJSON();
  check<Same<(typeof json)["startsAt"], string>>();
  check<Same<(typeof json)["size"], string | null>>();
  check<Same<(typeof json)["title"], string>>();
  const dict = event.toDict();
  check<Same<(typeof dict)["startsAt"], Date>>();
  // @ts-expect-error hidden columns never leave with a row
  (await checkedBooking()).toDict().secret;
  const part = event.toJSON({ include: ["title"], relations: { owner: { exclude: ["id"] } } });
  check<Same<(typeof part)["title"], string | undefined>>();
  check<Same<(typeof part)["owner"], unknown>>();
  // @ts-expect-error no such column
  event.toJSON({ exclude: ["titel"] });
  void [Misspelt, json, dict, part];
}
const checkedEvent = () => Event.validate({});
const checkedBooking = () => Booking.modelValidate({}, { json: true });
