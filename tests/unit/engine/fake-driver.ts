/** A database in memory that obeys a script: transactions are real, faults come when told. Drives the engine in unit tests. */
import type { Dialect } from "../../../src/dialects/dialect.ts";
import type {
  Connection,
  ConnectionTarget,
  Driver,
  DriverResult,
  ExecuteOptions,
  RawRow,
  ServerInfo,
  SessionSettings,
  Statement,
  TransactionStatus,
} from "../../../src/drivers/driver.ts";
import {
  ConnectionLost,
  DeadlockError,
  type KakaError,
  LockTimeout,
  QueryError,
  SerializationFailure,
  TimeoutError,
  withDriverError,
} from "../../../src/errors.ts";
import type { Traits } from "../../../src/render/traits.ts";

export type Fault =
  | "error"
  | "deadlock"
  | "lock timeout"
  | "busy"
  | "serialization"
  | "lose"
  | "lose after"
  | "hang"
  | "end transaction"
  | "disk"
  | "vanish";

export class FakeError extends Error {
  readonly fault: Fault | "cancelled" | "lost";
  constructor(fault: Fault | "cancelled" | "lost") {
    super(`fake ${fault} 'secret value'`);
    this.fault = fault;
  }
}

export interface FakeOptions {
  readonly family?: ServerInfo["family"];
  readonly topology?: Driver["topology"];
  readonly synchronous?: boolean;
  /** Whether connections know their transaction status. */
  readonly flags?: boolean;
}

interface Rule {
  readonly pattern: RegExp;
  readonly fault: Fault;
  times: number;
}

/** What a session has open: the keys it inserted, and where its savepoints began. */
interface Open {
  readonly keys: string[];
  readonly savepoints: { readonly name: string; readonly at: number }[];
  failed: boolean;
}

export class FakeServer {
  readonly options: Required<FakeOptions>;
  /** Committed keys, in order. */
  rows: string[] = [];
  /** Everything that reached a session: `<connection>: <sql>`. */
  readonly log: string[] = [];
  readonly sessions: FakeConnection[] = [];
  readonly #rules: Rule[] = [];
  disposed = 0;
  /** While set, `open` waits for it; rejecting it fails the opening. */
  opening: Promise<void> | null = null;
  resets = 0;
  resetAnswer = true;
  cancels = 0;
  commitTag: string | null = "COMMIT";

  constructor(options: FakeOptions = {}) {
    this.options = {
      family: "postgres",
      topology: "many",
      synchronous: false,
      flags: true,
      ...options,
    };
  }

  /** The next statements that match meet this fault. */
  fail(pattern: RegExp, fault: Fault, times = 1): void {
    this.#rules.push({ pattern, fault, times });
  }

  takeFault(sql: string): Fault | null {
    const rule = this.#rules.find((each) => each.times > 0 && each.pattern.test(sql));
    if (rule === undefined) return null;
    rule.times--;
    return rule.fault;
  }

  get alive(): FakeConnection[] {
    return this.sessions.filter((session) => session.alive);
  }

  get openTransactions(): number {
    return this.alive.filter((session) => session.open !== null).length;
  }

  /** The statements alone. */
  get sent(): string[] {
    return this.log.map((line) => line.slice(line.indexOf(" ") + 1));
  }

  readonly openDriver = async (_target: ConnectionTarget, settings: SessionSettings): Promise<Driver> => {
    this.settings = settings;
    const { family, topology, synchronous } = this.options;
    return {
      name: "fake",
      family,
      topology,
      synchronous,
      aliasedRows: false,
      open: async (role) => {
        await this.opening;
        const connection = new FakeConnection(this, this.sessions.length + 1, role);
        this.sessions.push(connection);
        return connection;
      },
      dispose: async () => {
        this.disposed++;
      },
    };
  };

  settings: SessionSettings | null = null;
}

export class FakeConnection implements Connection {
  readonly id: number;
  readonly role: "write" | "read";
  readonly server: ServerInfo;
  readonly #world: FakeServer;
  open: Open | null = null;
  alive = true;
  running = 0;
  #hanging: { readonly finish: (error: FakeError | null) => void } | null = null;

  constructor(world: FakeServer, id: number, role: "write" | "read") {
    this.#world = world;
    this.id = id;
    this.role = role;
    const { family } = world.options;
    this.server = { family, flavour: family, version: "1.2.3", versionParts: [1, 2, 3] };
  }

  execute(statement: Statement, options?: ExecuteOptions): DriverResult | Promise<DriverResult> {
    if (!this.alive) return this.#refuse(new FakeError("lost"));
    if (this.running > 0) throw new Error("two statements at once on one connection");
    this.#world.log.push(`${this.id}: ${statement.sql}`);
    const fault = this.#world.takeFault(statement.sql);
    if (this.#world.options.synchronous) return this.#work(statement, fault, options);
    return this.#later(statement, fault, options);
  }

  async *stream(statement: Statement, batchSize: number): AsyncGenerator<readonly RawRow[]> {
    if (this.running > 0) throw new Error("two statements at once on one connection");
    this.#world.log.push(`${this.id}: ${statement.sql}`);
    const fault = this.#world.takeFault(statement.sql);
    const count = Number(statement.sql.split(" ")[1]);
    this.running++;
    try {
      for (let from = 0; from < count; from += batchSize) {
        await Promise.resolve();
        if (fault === "hang") await this.#hang();
        else if (fault !== null && from > 0) this.#fault(fault);
        yield Array.from({ length: Math.min(batchSize, count - from) }, (_, i) => [from + i]);
      }
    } finally {
      this.running--;
      this.#world.log.push(`${this.id}: end of stream`);
    }
  }

  status(): TransactionStatus {
    if (!this.#world.options.flags) return null;
    if (this.open === null) return "idle";
    return this.open.failed ? "failed" : "open";
  }

  async reset(): Promise<boolean> {
    this.#world.resets++;
    this.open = null;
    return this.#world.resetAnswer;
  }

  async cancel(): Promise<void> {
    this.#world.cancels++;
    this.#world.log.push(`${this.id}: (cancel)`);
    await Promise.resolve();
    this.#hanging?.finish(new FakeError("cancelled"));
  }

  /** Lets a hanging statement finish well. */
  finish(): void {
    this.#hanging?.finish(null);
  }

  async close(): Promise<void> {
    this.destroy();
  }

  destroy(): void {
    this.alive = false;
    this.open = null;
    this.#hanging?.finish(new FakeError("lost"));
  }

  #refuse(error: FakeError): Promise<never> {
    if (this.#world.options.synchronous) throw error;
    return Promise.reject(error);
  }

  async #later(statement: Statement, fault: Fault | null, options?: ExecuteOptions): Promise<DriverResult> {
    this.running++;
    try {
      await new Promise((resolve) => setImmediate(resolve));
      if (fault === "hang") await this.#hang();
      return this.#work(statement, fault, options);
    } finally {
      this.running--;
    }
  }

  #hang(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#hanging = {
        finish: (error) => {
          this.#hanging = null;
          if (error?.fault === "cancelled" && this.open !== null && this.#world.options.family === "postgres") this.open.failed = true;
          if (error === null) resolve();
          else reject(error);
        },
      };
    });
  }

  #work(statement: Statement, fault: Fault | null, options?: ExecuteOptions): DriverResult {
    const lateLoss = fault === "lose after";
    if (fault !== null && !lateLoss && fault !== "hang" && fault !== "end transaction") this.#fault(fault);
    const result = this.#apply(statement, options);
    if (lateLoss) this.#fault("lose");
    if (fault === "end transaction") this.#commit();
    return result;
  }

  #fault(fault: Fault): never {
    if (fault === "lose" || fault === "vanish") {
      this.destroy();
      // Some clients tell a broken line with an error that nobody can recognise.
      throw fault === "lose" ? new FakeError("lost") : new Error("queue is full");
    }
    const { family } = this.#world.options;
    if (fault === "deadlock" && family !== "postgres") this.open = null;
    else if (this.open !== null && family === "postgres") this.open.failed = true;
    throw new FakeError(fault);
  }

  #apply(statement: Statement, options?: ExecuteOptions): DriverResult {
    const [word = "", ...rest] = statement.sql.split(" ");
    const done = (tag: string | null = null, more: Partial<DriverResult> = {}): DriverResult => {
      return { rows: [], affected: 0, insertId: null, tag, names: [], ...more };
    };
    if (word === "commit") return done(this.#commit());
    if (word === "rollback" && rest.length === 0) {
      this.open = null;
      return done("ROLLBACK");
    }
    const savepoint = rest.at(-1) ?? "";
    if (word === "rollback") return done(this.#rollbackTo(savepoint));
    if (this.open?.failed) throw new FakeError("error");
    switch (word) {
      case "begin":
        if (this.open !== null) throw new FakeError("error");
        this.open = { keys: [], savepoints: [], failed: false };
        return done("BEGIN");
      case "savepoint":
        this.open?.savepoints.push({ name: savepoint, at: this.open.keys.length });
        return done("SAVEPOINT");
      case "release": {
        const at = this.#savepoint(savepoint);
        this.open?.savepoints.splice(at);
        return done("RELEASE");
      }
      case "insert":
        (this.open?.keys ?? this.#world.rows).push(rest.join(" "));
        return done("INSERT 0 1", { affected: 1 });
      default: {
        const rows = [...this.#world.rows, ...(this.open?.keys ?? [])].map((key) => [key]);
        return done("SELECT", { rows, names: options?.names === true ? ["key"] : [] });
      }
    }
  }

  #commit(): string | null {
    const { open } = this;
    this.open = null;
    if (open === null) return this.#world.commitTag;
    if (open.failed) return this.#world.commitTag === null ? null : "ROLLBACK";
    this.#world.rows.push(...open.keys);
    return this.#world.commitTag;
  }

  #savepoint(name: string): number {
    const at = this.open?.savepoints.findLastIndex((each) => each.name === name) ?? -1;
    if (at < 0) throw new FakeError("error");
    return at;
  }

  #rollbackTo(name: string): string {
    const at = this.#savepoint(name);
    const { open } = this;
    if (open !== null) {
      open.keys.splice(open.savepoints[at]?.at ?? 0);
      open.savepoints.splice(at + 1);
      open.failed = false;
    }
    return "ROLLBACK";
  }
}

/** A dialect for the fake: control words and errors; it renders nothing. */
export function fakeDialect(family: ServerInfo["family"]): Dialect {
  const unused = (): never => {
    throw new Error("the fake dialect renders nothing");
  };
  return {
    name: family,
    // The engine reads limits and the label; whatever else a renderer needs is not here.
    traits: () => ({ label: `Fake ${family}`, maxParameters: 10, maxStatementBytes: 1_000 }) as Traits,
    wire: unused,
    compile: unused,
    rawDecoder: unused,
    ddl: unused,
    inspector: unused,
    transaction: {
      begin: ({ isolation, readOnly }) => [
        ...(family === "mysql" && isolation !== null ? [`set transaction ${isolation}`] : []),
        readOnly ? "begin read only" : "begin",
      ],
      commit: "commit",
      rollback: "rollback",
      savepoint: (name) => `savepoint ${name}`,
      release: (name) => `release savepoint ${name}`,
      rollbackTo: (name) => `rollback to savepoint ${name}`,
      isFatal: (error) => family === "mysql" && (error instanceof DeadlockError || error instanceof LockTimeout),
      ddlCommits: family === "mysql",
    },
    explain: unused,
    mapError: mapFakeError,
  };
}

function mapFakeError(error: unknown): KakaError {
  return withDriverError(classify(error instanceof FakeError ? error.fault : "error"), error);
}

function classify(fault: FakeError["fault"]): KakaError {
  switch (fault) {
    case "lost":
    case "lose":
      return new ConnectionLost("the line broke", { outcome: "unknown" });
    case "deadlock":
      return new DeadlockError("deadlock");
    case "busy":
    case "lock timeout":
      return new LockTimeout("locked");
    case "serialization":
      return new SerializationFailure("could not serialize");
    case "cancelled":
      return new TimeoutError("cancelled");
    case "disk":
      return new QueryError("the disk failed", { outcome: "unknown" });
    default:
      return new QueryError("refused");
  }
}
