/** The questions from nine to fifteen as an SQL programmer writes them. */
import { revenue, type Words } from "./words.ts";

export const q09 = (w: Words) => `
  select nation, o_year, sum(amount)
  from (
    select n_name as nation, ${w.year("o_orderdate")} as o_year,
      ${revenue(w)} - ${w.exact("ps_supplycost")} * ${w.exact("l_quantity")} as amount
    from part
    join lineitem on l_partkey = p_partkey
    join partsupp on ps_partkey = l_partkey and ps_suppkey = l_suppkey
    join supplier on s_suppkey = l_suppkey
    join orders on o_orderkey = l_orderkey
    join nation on n_nationkey = s_nationkey
    where p_name like '%green%'
  ) profit
  group by nation, o_year
  order by nation, o_year desc`;

export const q10 = (w: Words) => `
  select c_custkey, c_name, sum(${revenue(w)}) as revenue, ${w.exact("c_acctbal")}, n_name, c_address, c_phone, c_comment
  from customer
  join orders on o_custkey = c_custkey
  join lineitem on l_orderkey = o_orderkey
  join nation on n_nationkey = c_nationkey
  where o_orderdate >= '1993-10-01' and o_orderdate < ${w.later("1993-10-01", 3, "month")} and l_returnflag = 'R'
  group by c_custkey, c_name, c_acctbal, c_phone, n_name, c_address, c_comment
  order by revenue desc
  limit 20`;

export const q11 = (w: Words) => {
  const value = `sum(${w.exact("ps_supplycost")} * ps_availqty)`;
  const german = `
    from partsupp
    join supplier on s_suppkey = ps_suppkey
    join nation on n_nationkey = s_nationkey
    where n_name = 'GERMANY'`;
  return `
  select ps_partkey, ${value} as value ${german}
  group by ps_partkey
  having ${value} * 10000 > (select ${value} ${german})
  order by value desc`;
};

export const q12 = (w: Words) => `
  select l_shipmode,
    sum(case when o_orderpriority in ('1-URGENT', '2-HIGH') then 1 else 0 end),
    sum(case when o_orderpriority not in ('1-URGENT', '2-HIGH') then 1 else 0 end)
  from orders
  join lineitem on l_orderkey = o_orderkey
  where l_shipmode in ('MAIL', 'SHIP') and l_commitdate < l_receiptdate and l_shipdate < l_commitdate
    and l_receiptdate >= '1994-01-01' and l_receiptdate < ${w.later("1994-01-01", 1, "year")}
  group by l_shipmode
  order by l_shipmode`;

export const q13 = () => `
  select c_count, count(*) as custdist
  from (
    select c_custkey, count(o_orderkey) as c_count
    from customer
    left join orders on o_custkey = c_custkey and o_comment not like '%special%requests%'
    group by c_custkey
  ) c_orders
  group by c_count
  order by custdist desc, c_count desc`;

export const q14 = (w: Words) => `
  select ${w.quotient(`100.00 * sum(case when p_type like 'PROMO%' then ${revenue(w)} else 0 end)`, `sum(${revenue(w)})`, 8)}
  from lineitem
  join part on p_partkey = l_partkey
  where l_shipdate >= '1995-09-01' and l_shipdate < ${w.later("1995-09-01", 1, "month")}`;

export const q15 = (w: Words) => `
  with revenue as (
    select l_suppkey as supplier_no, sum(${revenue(w)}) as total_revenue
    from lineitem
    where l_shipdate >= '1996-01-01' and l_shipdate < ${w.later("1996-01-01", 3, "month")}
    group by l_suppkey
  )
  select s_suppkey, s_name, s_address, s_phone, total_revenue
  from supplier
  join revenue on supplier_no = s_suppkey
  where total_revenue = (select max(total_revenue) from revenue)
  order by s_suppkey`;
