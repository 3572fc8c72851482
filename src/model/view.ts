/** A model on a certain engine: a view of the class, never a class of its own. Layer 6. */

import { kindOf } from "../codec/refuse.ts";
import { engineOf } from "../engine/engine.ts";
import { engineByName } from "../engine/registry.ts";
import { Session } from "../engine/session.ts";
import { UsageError } from "../errors.ts";
import { type ModelBase, stateOf } from "./base.ts";
import type { SessionRef } from "./reading.ts";

/** The static under which a view carries its session. */
export const sessionKey: unique symbol = Symbol("session");
const sourceKey: unique symbol = Symbol("source");

type AnyClass = abstract new (...args: never[]) => object;

const views = new WeakMap<object, WeakMap<object, object>>();

/** The class behind a view, or the class itself: rows are instances of it. */
export function sourceOf<M extends AnyClass>(model: M): M {
  return ((model as { [sourceKey]?: M })[sourceKey] ?? model) as M;
}

/** @throws UsageError for a name that no engine has, and for what is no engine */
export function viewOf(model: AnyClass, target: unknown): object {
  const session: SessionRef = typeof target === "string" ? engineByName(target) : (target as Session);
  if (!(session instanceof Session))
    throw new UsageError(`using takes an engine, a transaction handle or an engine's name, got ${kindOf(target)}`);
  const source = sourceOf(model);
  let bySession = views.get(source);
  if (bySession === undefined) {
    bySession = new WeakMap();
    views.set(source, bySession);
  }
  let view = bySession.get(session);
  if (view === undefined) {
    view = makeView(source, session);
    bySession.set(session, view);
  }
  return view;
}

function makeView(source: AnyClass, session: Session): object {
  const view: object = new Proxy(source, {
    get: (target, property, receiver) =>
      property === sessionKey ? session : property === sourceKey ? target : Reflect.get(target, property, receiver),
    construct(target, args, newTarget) {
      const instance = Reflect.construct(target as never, args, newTarget === view ? (target as never) : newTarget) as ModelBase;
      stateOf(instance).engine = engineOf(session);
      return instance;
    },
  });
  return view;
}
