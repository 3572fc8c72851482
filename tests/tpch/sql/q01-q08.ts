/** The first eight questions as an SQL programmer writes them. */
import { revenue, type Words } from "./words.ts";

export const q01 = (w: Words) => `
  select l_returnflag, l_linestatus,
    sum(${w.exact("l_quantity")}), sum(${w.exact("l_extendedprice")}), sum(${revenue(w)}),
    sum(${revenue(w)} * (${w.hundredths("1")} + ${w.exact("l_tax")})),
    ${w.mean("l_quantity")}, ${w.mean("l_extendedprice")}, ${w.mean("l_discount")}, count(*)
  from lineitem
  where l_shipdate <= ${w.later("1998-12-01", -90, "day")}
  group by l_returnflag, l_linestatus
  order by l_returnflag, l_linestatus`;

export const q02 = (w: Words) => `
  select ${w.exact("s_acctbal")}, s_name, n_name, p_partkey, p_mfgr, s_address, s_phone, s_comment
  from part
  join partsupp on ps_partkey = p_partkey
  join supplier on s_suppkey = ps_suppkey
  join nation on n_nationkey = s_nationkey
  join region on r_regionkey = n_regionkey
  where p_size = 15 and p_type like '%BRASS' and r_name = 'EUROPE'
    and ${w.exact("ps_supplycost")} = (
      select min(${w.exact("ps_supplycost")})
      from partsupp
      join supplier on s_suppkey = ps_suppkey
      join nation on n_nationkey = s_nationkey
      join region on r_regionkey = n_regionkey
      where ps_partkey = p_partkey and r_name = 'EUROPE')
  order by ${w.exact("s_acctbal")} desc, n_name, s_name, p_partkey
  limit 100`;

export const q03 = (w: Words) => `
  select l_orderkey, sum(${revenue(w)}) as revenue, o_orderdate, o_shippriority
  from customer
  join orders on o_custkey = c_custkey
  join lineitem on l_orderkey = o_orderkey
  where c_mktsegment = 'BUILDING' and o_orderdate < '1995-03-15' and l_shipdate > '1995-03-15'
  group by l_orderkey, o_orderdate, o_shippriority
  order by revenue desc, o_orderdate
  limit 10`;

export const q04 = (w: Words) => `
  select o_orderpriority, count(*)
  from orders
  where o_orderdate >= '1993-07-01' and o_orderdate < ${w.later("1993-07-01", 3, "month")}
    and exists (select 1 from lineitem where l_orderkey = o_orderkey and l_commitdate < l_receiptdate)
  group by o_orderpriority
  order by o_orderpriority`;

export const q05 = (w: Words) => `
  select n_name, sum(${revenue(w)}) as revenue
  from customer
  join orders on o_custkey = c_custkey
  join lineitem on l_orderkey = o_orderkey
  join supplier on s_suppkey = l_suppkey and s_nationkey = c_nationkey
  join nation on n_nationkey = s_nationkey
  join region on r_regionkey = n_regionkey
  where r_name = 'ASIA' and o_orderdate >= '1994-01-01' and o_orderdate < ${w.later("1994-01-01", 1, "year")}
  group by n_name
  order by revenue desc`;

export const q06 = (w: Words) => `
  select sum(${w.exact("l_extendedprice")} * ${w.exact("l_discount")})
  from lineitem
  where l_shipdate >= '1994-01-01' and l_shipdate < ${w.later("1994-01-01", 1, "year")}
    and ${w.exact("l_discount")} between ${w.hundredths("0.05")} and ${w.hundredths("0.07")}
    and ${w.exact("l_quantity")} < ${w.hundredths("24")}`;

export const q07 = (w: Words) => `
  select supp_nation, cust_nation, l_year, sum(volume)
  from (
    select n1.n_name as supp_nation, n2.n_name as cust_nation, ${w.year("l_shipdate")} as l_year, ${revenue(w)} as volume
    from supplier
    join lineitem on l_suppkey = s_suppkey
    join orders on o_orderkey = l_orderkey
    join customer on c_custkey = o_custkey
    join nation n1 on n1.n_nationkey = s_nationkey
    join nation n2 on n2.n_nationkey = c_nationkey
    where l_shipdate between '1995-01-01' and '1996-12-31'
      and (n1.n_name = 'FRANCE' and n2.n_name = 'GERMANY' or n1.n_name = 'GERMANY' and n2.n_name = 'FRANCE')
  ) shipping
  group by supp_nation, cust_nation, l_year
  order by supp_nation, cust_nation, l_year`;

export const q08 = (w: Words) => `
  select o_year, ${w.quotient("sum(case when nation = 'BRAZIL' then volume else 0 end)", "sum(volume)", 8)}
  from (
    select ${w.year("o_orderdate")} as o_year, ${revenue(w)} as volume, n2.n_name as nation
    from part
    join lineitem on l_partkey = p_partkey
    join supplier on s_suppkey = l_suppkey
    join orders on o_orderkey = l_orderkey
    join customer on c_custkey = o_custkey
    join nation n1 on n1.n_nationkey = c_nationkey
    join region on r_regionkey = n1.n_regionkey
    join nation n2 on n2.n_nationkey = s_nationkey
    where r_name = 'AMERICA' and o_orderdate between '1995-01-01' and '1996-12-31' and p_type = 'ECONOMY ANODIZED STEEL'
  ) all_nations
  group by o_year
  order by o_year`;
