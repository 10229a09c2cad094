/**
 * Where a thread begins: a module of this folder. Node 20 does not hand `--import tsx` on to threads, so
 * from the sources the thread asks for it itself, in a module that holds the other one as its default.
 */
export function threadEntry(module: string): URL {
  if (!import.meta.url.endsWith('.ts')) return new URL(`./${module}.js`, import.meta.url);
  const entry = JSON.stringify(new URL(`./${module}.ts`, import.meta.url).href);
  const tsx = JSON.stringify(import.meta.resolve('tsx/esm/api'));
  const code = `import { register } from ${tsx}; register(); export default await import(${entry});`;
  return new URL(`data:text/javascript,${encodeURIComponent(code)}`);
}
