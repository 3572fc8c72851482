/** The models are also what the API takes and answers: no second description of the same columns. */
import { bool, datetime, foreignKey, int, Model, oneOf, shapeOf, str, text } from "kakaorm";
import * as z from "zod";

export class User extends Model("todo_user", {
  name: str({ length: 80 }).minLength(1),
  email: str().email().unique(),
  // Selected by nobody who does not ask for it, in no answer, and never taken from a request.
  apiKey: str().hidden().serverOnly().nullable(),
}) {
  get todos() {
    return this.hasMany(Todo, (todo) => todo.ownerId);
  }
}

export class Todo extends Model(
  "todo_item",
  {
    title: str({ length: 200 }).minLength(1),
    notes: text().nullable(),
    state: oneOf("open", "doing", "done").default("open"),
    urgent: bool().default(false),
    priority: int().minValue(1).maxValue(5).default(3),
    dueAt: datetime().nullable(),
    ownerId: foreignKey(() => User, { onDelete: "cascade" }),
    createdAt: datetime().autoNowAdd().serverOnly(),
  },
  { indexes: (todo) => [[todo.ownerId, todo.priority]] },
) {
  get owner() {
    return this.belongsTo(User, (todo) => todo.ownerId);
  }
}

/** The path of one row: `/todos/:id`. */
export const TodoKey = shapeOf(Todo, { pick: ["id"] });
export const UserKey = shapeOf(User, { pick: ["id"] });
/** One todo as it is shown alone. */
export const TodoWithOwner = shapeOf(Todo, { nested: ["owner"] });

const whole = (most: number, usual: number) =>
  z
    .string()
    .regex(/^[1-9]\d{0,8}$/, "must be a whole number from 1")
    .transform(Number)
    .refine((n) => n <= most, `must be ${most} or less`)
    .default(usual);

/** What may be asked of the list. Other tools' schemas stand beside models: this one is zod's. */
export const TodoQuery = z.strictObject({
  page: whole(1_000_000, 1),
  perPage: whole(100, 20),
  state: z.enum(["open", "doing", "done"]).optional(),
  urgent: z.enum(["true", "false"]).optional(),
  ownerId: whole(Number.MAX_SAFE_INTEGER, 1).optional(),
  search: z.string().min(1).max(100).optional(),
  order: z.string().max(100).optional(),
});
