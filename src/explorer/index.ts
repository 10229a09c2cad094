/** The explorer: a person steps a system by hand, forwards and back. */
export { type ExplorerServer, serve } from './server.ts';
export { type ExplorerSession, openFile, openSession } from './session.ts';
