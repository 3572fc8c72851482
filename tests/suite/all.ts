/** The suites that every target must pass, in the order they run. */
import type { Suite } from "../targets/target.ts";
import { suite as badInput } from "./bad-input.ts";
import { suite as capabilities } from "./capabilities.ts";
import { suite as forAwait } from "./for-await.ts";
import { suite as functions } from "./functions.ts";
import { suite as joins } from "./joins.ts";
import { suite as persistence } from "./persistence.ts";
import { suite as persistenceBulk } from "./persistence-bulk.ts";
import { suite as persistenceColumns } from "./persistence-columns.ts";
import { suite as persistenceKeys } from "./persistence-keys.ts";
import { suite as queryOperators } from "./query-operators.ts";
import { suite as queryReading } from "./query-reading.ts";
import { suite as queryResults } from "./query-results.ts";
import { suite as queryText } from "./query-text.ts";
import { suite as queryWhere } from "./query-where.ts";
import { suite as queryWriting } from "./query-writing.ts";
import { suite as raw } from "./raw.ts";
import { suite as relations } from "./relations.ts";
import { suite as schema } from "./schema.ts";
import { suite as schemaRules } from "./schema-rules.ts";
import { suite as smoke } from "./smoke.ts";
import { suite as transactions } from "./transactions.ts";
import { suite as transactionsAround } from "./transactions-around.ts";
import { suite as transactionsParallel } from "./transactions-parallel.ts";
import { suite as upsert } from "./upsert.ts";
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

export const suites: Readonly<Record<string, Suite>> = {
  smoke,
  capabilities,
  joins,
  functions,
  upsert,
  relations,
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
  persistence,
  "persistence: columns": persistenceColumns,
  "persistence: bulk": persistenceBulk,
  "persistence: keys": persistenceKeys,
  "for await": forAwait,
};
