// node --expose-gc --import tsx ../.tmp/benchtmp/prof.ts <workload> 
import { Session } from "node:inspector";
import { writeFileSync } from "node:fs";
import { mkdtempSync } from "node:fs";
const [,, name="bulk", secs="3"] = process.argv;
const kaka = await import("kakaorm");
const k = await import("./adapters/kaka.ts");
const dir = mkdtempSync("/tmp/prof-");
const url = process.env.URL ?? `sqlite+better-sqlite3:${dir}/x.db`;
const engine = await k.openEngine(url);
const data = await import("./data.ts");
for (const M of [...k.MODELS].reverse()) await engine.dropTableIfExists(M);
for (const M of k.MODELS) await engine.createTable(M);
let seq = 1_000_000;
const item = () => { const n = seq++; return { sku: "sku"+n, title: "Title of item "+n, views: n%1000, score: n/7, published: n%2===0, note: n%3===0?null:"note "+n, createdAt: new Date(1.6e12+n*1000) }; };
await k.Customer.bulkCreate(Array.from({length:2000},(_, i)=>({name:"Name "+i,email:"e"+i,city:"City "+i%50,country:"C"+i%20,credit:i,active:true,note:null,createdAt:new Date(1.6e12+i*1e6)})));
await k.Item.bulkCreate(Array.from({length:1000}, item));
const a = await (k.openKaka as any)({ path: `${dir}/x.db`, url });
await a.prepare();
const known = Array.from({length:500}, (_, i)=> ({...item(), sku: "sku"+(1_000_000+i)}));
const units: Record<string, () => Promise<unknown>> = {
  bulk: async () => { await a.bulk(Array.from({length:1000}, item)); },
  upsert: async () => { await a.upsert([...known, ...Array.from({length:500}, item)]); },
  transaction: () => a.transaction(item(), 5),
  update: () => a.update(1 + (seq++ % 900), seq),
  lookup: () => a.lookup(1 + (seq++ % 900)),
  insert: () => a.insert(item()),
  bulkupdate: () => a.bulkUpdate(Array.from({length:500}, (_, i)=>({id:i+1, views: seq++}))),
  rows100: () => a.list(100),
  remove: async () => { const id = await a.insert(item()); await a.remove(id); },
  compile: async () => { for (let i=0;i<100;i++) a.compile(seq++); },
};
const unit = units[name]!;
const until = async (ms: number) => { let n=0; const t=performance.now(); while (performance.now()-t<ms) { await unit(); n++; if (name==="bulk"||name==="upsert") await engine.execute`delete from ${kaka.sql.id(k.Item.table ?? "bench_item")} where id > 1000`; } return (performance.now()-t)/n*1000; };
await until(1500);
const s = new Session(); s.connect();
const post = (m: string, p?: any) => new Promise<any>((res, rej) => s.post(m, p, (e: any, r: any) => e ? rej(e) : res(r)));
console.log(name, "us", (await until(1500)).toFixed(1));
await post("Profiler.enable"); await post("Profiler.setSamplingInterval", { interval: 100 });
await post("Profiler.start"); await until(+secs*1000);
const { profile } = await post("Profiler.stop");
const self = new Map<string, number>(); const byId = new Map(profile.nodes.map((n: any)=>[n.id,n]));
let total = 0;
profile.samples.forEach((id: number, i: number) => { const n: any = byId.get(id); const f = n.callFrame; const d = profile.timeDeltas[i]; total += d; const key = `${f.functionName||"(anon)"} ${f.url.split("/").slice(-2).join("/")}:${f.lineNumber+1}`; self.set(key,(self.get(key)??0)+d); });
for (const [key, t] of [...self].sort((x,y)=>y[1]-x[1]).slice(0,38)) console.log((t/total*100).toFixed(1).padStart(5), key);
process.exit(0);
