/** The suites that every target must pass, in the order they run. */
import type { Suite } from "../targets/target.ts";
import { suite as aggregateLists } from "./aggregate-lists.ts";
import { suite as aggregates } from "./aggregates.ts";
import { suite as archive } from "./archive.ts";
import { suite as badInput } from "./bad-input.ts";
import { suite as bulkUpdate } from "./bulk-update.ts";
import { suite as calculations } from "./calculations.ts";
import { suite as capabilities } from "./capabilities.ts";
import { suite as casts } from "./casts.ts";
import { suite as changes } from "./changes.ts";
import { suite as dates } from "./dates.ts";
import { suite as deletionRules } from "./deletion-rules.ts";
import { suite as differentialDeletes } from "./differential-deletes.ts";
import { suite as differentialFound } from "./differential-found.ts";
import { suite as differentialQueries } from "./differential-queries.ts";
import { suite as differentialServers } from "./differential-servers.ts";
import { suite as explain } from "./explain.ts";
import { suite as forAwait } from "./for-await.ts";
import { suite as functions } from "./functions.ts";
import { suite as hooks } from "./hooks.ts";
import { suite as hooksEnds } from "./hooks-ends.ts";
import { suite as hooksLoad } from "./hooks-load.ts";
import { suite as iterate } from "./iterate.ts";
import { suite as joinedWrites } from "./joined-writes.ts";
import { suite as joins } from "./joins.ts";
import { suite as jsonChanges } from "./json-changes.ts";
import { suite as jsonConditions } from "./json-conditions.ts";
import { suite as keyset } from "./keyset.ts";
import { suite as limits } from "./limits.ts";
import { suite as locks } from "./locks.ts";
import { suite as migrations } from "./migrations.ts";
import { suite as migrationsData } from "./migrations-data.ts";
import { suite as migrationsGenerated } from "./migrations-generated.ts";
import { suite as migrationsLive } from "./migrations-live.ts";
import { suite as migrationsMigrator } from "./migrations-migrator.ts";
import { suite as migrationsResume } from "./migrations-resume.ts";
import { suite as migrationsRights } from "./migrations-rights.ts";
import { suite as migrationsTools } from "./migrations-tools.ts";
import { suite as migrationsWaiting } from "./migrations-waiting.ts";
import { suite as namedWindows } from "./named-windows.ts";
import { suite as orderInput } from "./order-input.ts";
import { suite as orphans } from "./orphans.ts";
import { suite as paginate } from "./paginate.ts";
import { suite as patterns } from "./patterns.ts";
import { suite as persistence } from "./persistence.ts";
import { suite as persistenceBulk } from "./persistence-bulk.ts";
import { suite as persistenceColumns } from "./persistence-columns.ts";
import { suite as persistenceKeys } from "./persistence-keys.ts";
import { suite as persistenceNumbers } from "./persistence-numbers.ts";
import { suite as prefetch } from "./prefetch.ts";
import { suite as prefetchForms } from "./prefetch-forms.ts";
import { suite as prefetchJoined } from "./prefetch-joined.ts";
import { suite as prepared } from "./prepared.ts";
import { suite as queryOperators } from "./query-operators.ts";
import { suite as queryReading } from "./query-reading.ts";
import { suite as queryResults } from "./query-results.ts";
import { suite as queryText } from "./query-text.ts";
import { suite as queryWhere } from "./query-where.ts";
import { suite as queryWriting } from "./query-writing.ts";
import { suite as raw } from "./raw.ts";
import { suite as rawFragments } from "./raw-fragments.ts";
import { suite as rawHostile } from "./raw-hostile.ts";
import { suite as rawModels } from "./raw-models.ts";
import { suite as relations } from "./relations.ts";
import { suite as relationsAny } from "./relations-any.ts";
import { suite as relationsKeys } from "./relations-keys.ts";
import { suite as relationsLazy } from "./relations-lazy.ts";
import { suite as relationsLinks } from "./relations-links.ts";
import { suite as rollup } from "./rollup.ts";
import { suite as rowsets } from "./rowsets.ts";
import { suite as schema } from "./schema.ts";
import { suite as schemaRules } from "./schema-rules.ts";
import { suite as scopes } from "./scopes.ts";
import { suite as setOperations } from "./set-operations.ts";
import { suite as signals } from "./signals.ts";
import { suite as smoke } from "./smoke.ts";
import { suite as softDelete } from "./soft-delete.ts";
import { suite as softDeleteWrites } from "./soft-delete-writes.ts";
import { suite as statementCounts } from "./statement-counts.ts";
import { suite as subqueries } from "./subqueries.ts";
import { suite as transactions } from "./transactions.ts";
import { suite as transactionsAround } from "./transactions-around.ts";
import { suite as transactionsParallel } from "./transactions-parallel.ts";
import { suite as traversal } from "./traversal.ts";
import { suite as traversalAround } from "./traversal-around.ts";
import { suite as tuples } from "./tuples.ts";
import { suite as upsert } from "./upsert.ts";
import { suite as validation } from "./validation.ts";
import { suite as validationInput } from "./validation-input.ts";
import { suite as validationUnique } from "./validation-unique.ts";
import { suite as valuesColumns } from "./values-columns.ts";
import { suite as valuesDays } from "./values-days.ts";
import { suite as valuesDecimals } from "./values-decimals.ts";
import { suite as valuesDecimalsWide } from "./values-decimals-wide.ts";
import { suite as valuesHostile } from "./values-hostile.ts";
import { suite as valuesJson } from "./values-json.ts";
import { suite as valuesJsonPath } from "./values-json-path.ts";
import { suite as valuesNumbers } from "./values-numbers.ts";
import { suite as valuesProperties } from "./values-properties.ts";
import { suite as valuesScalars } from "./values-scalars.ts";
import { suite as valuesTemporal } from "./values-temporal.ts";
import { suite as valuesText } from "./values-text.ts";
import { suite as variants } from "./variants.ts";
import { suite as versions } from "./versions.ts";
import { suite as versionsRebase } from "./versions-rebase.ts";

export const suites: Readonly<Record<string, Suite>> = {
  smoke,
  capabilities,
  joins,
  "joined writes": joinedWrites,
  prepared,
  rowsets,
  "set operations": setOperations,
  subqueries,
  functions,
  casts,
  dates,
  "differential-deletes": differentialDeletes,
  "differential-found": differentialFound,
  "differential-queries": differentialQueries,
  "differential-servers": differentialServers,
  patterns,
  tuples,
  calculations,
  rollup,
  "named windows": namedWindows,
  aggregates,
  "aggregates: lists": aggregateLists,
  upsert,
  "bulk update": bulkUpdate,
  "json: conditions": jsonConditions,
  "json: changes": jsonChanges,
  relations,
  prefetch,
  "prefetch: forms": prefetchForms,
  "prefetch: joined": prefetchJoined,
  "soft delete": softDelete,
  "soft delete: writes": softDeleteWrites,
  archive,
  scopes,
  "relations: several tables": relationsAny,
  "relations: keys": relationsKeys,
  "relations: links": relationsLinks,
  "relations: row by row": relationsLazy,
  "deletion rules": deletionRules,
  traversal,
  "traversal around": traversalAround,
  orphans,
  variants,
  "query: order from input": orderInput,
  "query: operators": queryOperators,
  "query: where": queryWhere,
  "query: writing": queryWriting,
  "query: results": queryResults,
  "query: text": queryText,
  "query: reading": queryReading,
  "bad input": badInput,
  transactions,
  "transactions: around": transactionsAround,
  "transactions: parallel": transactionsParallel,
  schema,
  "schema: rules": schemaRules,
  "raw SQL": raw,
  "raw SQL: fragments": rawFragments,
  "raw SQL: models": rawModels,
  "raw SQL: hostile text": rawHostile,
  "values: numbers": valuesNumbers,
  "values: decimals": valuesDecimals,
  "values: wide decimals": valuesDecimalsWide,
  "values: text": valuesText,
  "values: scalars": valuesScalars,
  "values: instants": valuesTemporal,
  "values: days": valuesDays,
  "values: json": valuesJson,
  "values: json paths": valuesJsonPath,
  "values: columns": valuesColumns,
  "values: hostile shapes": valuesHostile,
  "values: properties": valuesProperties,
  changes,
  signals,
  versions,
  "versions: rebase": versionsRebase,
  hooks,
  "hooks: beside writes": hooksEnds,
  "hooks: reading": hooksLoad,
  persistence,
  "persistence: columns": persistenceColumns,
  "persistence: bulk": persistenceBulk,
  "persistence: numbers": persistenceNumbers,
  "persistence: keys": persistenceKeys,
  validation,
  "validation: unique": validationUnique,
  "validation: input": validationInput,
  locks,
  explain,
  limits,
  paginate,
  keyset,
  "for await": forAwait,
  "for await: batches": iterate,
  migrations,
  "migrations: data": migrationsData,
  "migrations: generated": migrationsGenerated,
  "migrations: migrator": migrationsMigrator,
  "migrations: resume": migrationsResume,
  "migrations: rights": migrationsRights,
  "migrations: live": migrationsLive,
  "statements per operation": statementCounts,
  "migrations: tools": migrationsTools,
  "migrations: waiting": migrationsWaiting,
};
