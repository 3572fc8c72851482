/** Models whose hooks tell what they see. */
import { type HookContext, int, json, Model, SoftDeleteModel, str } from "../../src/index.ts";

/** What hooks did, in order. */
export const log: string[] = [];

/** Rows that hooks write beside their own. */
export class Audit extends Model("hk_audit", { what: str() }) {}

/** A base of one's own, whose hooks its models inherit. */
const Named = Model.extend({ columns: { name: str({ length: 20 }) } });

export class Item extends Named("hk_item", {
  code: str({ length: 40 }).unique(),
  stock: int().default(0),
  tags: json<string[]>().default([]),
}) {
  /** What the next hook of this name does. */
  static next: Partial<Record<string, (item: Item, context: HookContext) => unknown>> = {};
  loadedAt: number | undefined;

  async #say(event: string, context: HookContext): Promise<unknown> {
    log.push(event);
    const work = Item.next[event];
    delete Item.next[event];
    return work?.(this, context);
  }
  override async beforeSave(context: HookContext) {
    // A moment passes: whoever does not wait is found out.
    await new Promise((resolve) => setTimeout(resolve, 1));
    this.name = this.name.trim();
    return (await this.#say("beforeSave", context)) as boolean;
  }
  override async beforeInsert(context: HookContext) {
    return (await this.#say("beforeInsert", context)) as boolean;
  }
  override async beforeUpdate(context: HookContext) {
    return (await this.#say("beforeUpdate", context)) as boolean;
  }
  override async afterInsert(context: HookContext) {
    await this.#say("afterInsert", context);
  }
  override async afterUpdate(context: HookContext) {
    await this.#say("afterUpdate", context);
  }
  override async afterSave(context: HookContext) {
    await this.#say("afterSave", context);
  }
  override async beforeDelete(context: HookContext) {
    return (await this.#say("beforeDelete", context)) as boolean;
  }
  override async afterDelete(context: HookContext) {
    await this.#say("afterDelete", context);
  }
  override async afterCommit(context: HookContext) {
    await this.#say("afterCommit", context);
  }
  override async afterRollback(context: HookContext) {
    await this.#say("afterRollback", context);
  }
}

/** Whatever extends a model has its hooks too. */
export class SpecialItem extends Item {
  override async afterInsert(context: HookContext) {
    await super.afterInsert(context);
    log.push("special");
  }
}

export class Paper extends SoftDeleteModel("hk_paper", { title: str() }) {
  override async beforeDelete() {
    log.push("beforeDelete");
    return this.title !== "kept";
  }
  override async afterDelete() {
    log.push("afterDelete");
  }
  override async beforeRestore() {
    log.push("beforeRestore");
  }
  override async afterRestore() {
    log.push("afterRestore");
  }
  override async beforePurge() {
    log.push("beforePurge");
  }
  override async afterPurge() {
    log.push("afterPurge");
  }
}

export class Plain extends Model("hk_plain", { name: str() }) {}
