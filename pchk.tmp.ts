import { check } from 'counterpoint';
import { paxos, paxosOverSet as set0, progressQuestion } from 'counterpoint/protocols';
const set = set0 as never;
const q = (s: any, parameters: any, scope: any, more: any = {}) => { const t=Date.now();
 const r = check(s, { parameters, scope, maxStates: 1_500_000, maxSeconds: 90, ...more } as never) as any;
 console.log(JSON.stringify(parameters), JSON.stringify(scope), r.verdict, r.complete, r.distinct, r.generated, r.depth, (Date.now()-t)/1000, r.properties.filter((p:any)=>p.verdict!=='holds').map((p:any)=>p.name+':'+p.verdict).join()); };



q(progressQuestion,{},{crashes:0});
q(progressQuestion,{acceptors:5},{crashes:0});q(progressQuestion,{placement:'apart',acceptors:2},{crashes:0});
q(progressQuestion,{proposers:2},{crashes:0});
