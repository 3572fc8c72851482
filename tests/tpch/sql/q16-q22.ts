/** The last seven questions as an SQL programmer writes them. */
import { revenue, type Words } from "./words.ts";

export const q16 = () => `
  select p_brand, p_type, p_size, count(distinct ps_suppkey) as supplier_cnt
  from partsupp
  join part on p_partkey = ps_partkey
  where p_brand <> 'Brand#45' and p_type not like 'MEDIUM POLISHED%' and p_size in (49, 14, 23, 45, 19, 3, 36, 9)
    and ps_suppkey not in (select s_suppkey from supplier where s_comment like '%Customer%Complaints%')
  group by p_brand, p_type, p_size
  order by supplier_cnt desc, p_brand, p_type, p_size`;

export const q17 = (w: Words) => `
  select ${w.quotient(`sum(${w.exact("l_extendedprice")})`, "7.0", 6, 100)}
  from lineitem
  join part on p_partkey = l_partkey
  where p_brand = 'Brand#23' and p_container = 'MED BOX'
    and ${w.exact("l_quantity")} < (select 0.2 * avg(${w.exact("l_quantity")}) from lineitem where l_partkey = p_partkey)`;

export const q18 = (w: Words) => `
  select c_name, c_custkey, o_orderkey, o_orderdate, ${w.exact("o_totalprice")}, sum(${w.exact("l_quantity")})
  from customer
  join orders on o_custkey = c_custkey
  join lineitem on l_orderkey = o_orderkey
  where o_orderkey in (
    select l_orderkey from lineitem group by l_orderkey having sum(${w.exact("l_quantity")}) > ${w.hundredths("300")})
  group by c_name, c_custkey, o_orderkey, o_orderdate, o_totalprice
  order by ${w.exact("o_totalprice")} desc, o_orderdate
  limit 100`;

export const q19 = (w: Words) => {
  const kind = (brand: string, containers: string, least: number, size: number) => `(
      p_brand = '${brand}' and p_container in (${containers}) and p_size between 1 and ${size}
      and ${w.exact("l_quantity")} between ${w.hundredths(`${least}`)} and ${w.hundredths(`${least + 10}`)})`;
  return `
  select sum(${revenue(w)})
  from lineitem
  join part on p_partkey = l_partkey
  where l_shipmode in ('AIR', 'AIR REG') and l_shipinstruct = 'DELIVER IN PERSON' and (
    ${kind("Brand#12", "'SM CASE', 'SM BOX', 'SM PACK', 'SM PKG'", 1, 5)}
    or ${kind("Brand#23", "'MED BAG', 'MED BOX', 'MED PKG', 'MED PACK'", 10, 10)}
    or ${kind("Brand#34", "'LG CASE', 'LG BOX', 'LG PACK', 'LG PKG'", 20, 15)})`;
};

export const q20 = (w: Words) => `
  select s_name, s_address
  from supplier
  join nation on n_nationkey = s_nationkey
  where n_name = 'CANADA' and s_suppkey in (
    select ps_suppkey
    from partsupp
    where ps_partkey in (select p_partkey from part where p_name like 'forest%')
      and ps_availqty * ${w.hundredths("1")} > (
        select 0.5 * sum(${w.exact("l_quantity")})
        from lineitem
        where l_partkey = ps_partkey and l_suppkey = ps_suppkey
          and l_shipdate >= '1994-01-01' and l_shipdate < ${w.later("1994-01-01", 1, "year")}))
  order by s_name`;

export const q21 = () => `
  select s_name, count(*) as numwait
  from supplier
  join lineitem l1 on l1.l_suppkey = s_suppkey
  join orders on o_orderkey = l1.l_orderkey
  join nation on n_nationkey = s_nationkey
  where o_orderstatus = 'F' and n_name = 'SAUDI ARABIA' and l1.l_receiptdate > l1.l_commitdate
    and exists (select 1 from lineitem l2 where l2.l_orderkey = l1.l_orderkey and l2.l_suppkey <> l1.l_suppkey)
    and not exists (
      select 1 from lineitem l3
      where l3.l_orderkey = l1.l_orderkey and l3.l_suppkey <> l1.l_suppkey and l3.l_receiptdate > l3.l_commitdate)
  group by s_name
  order by numwait desc, s_name
  limit 100`;

export const q22 = (w: Words) => {
  const codes = "'13', '31', '23', '29', '30', '18', '17'";
  return `
  select cntrycode, count(*), sum(acctbal)
  from (
    select substr(c_phone, 1, 2) as cntrycode, ${w.exact("c_acctbal")} as acctbal
    from customer
    where substr(c_phone, 1, 2) in (${codes})
      and ${w.exact("c_acctbal")} > (
        select avg(${w.exact("c_acctbal")}) from customer
        where ${w.exact("c_acctbal")} > 0 and substr(c_phone, 1, 2) in (${codes}))
      and not exists (select 1 from orders where o_custkey = c_custkey)
  ) custsale
  group by cntrycode
  order by cntrycode`;
};
