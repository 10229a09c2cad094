/** Primary-backup replication with a view server. */
export {
  acknowledgedKept,
  onePrimary,
  type PrimaryBackupView,
  progress,
  succession,
} from './properties.ts';
export { type ServerContext, server as replicaServer } from './server.ts';
export { primaryBackup, primaryBackupOverSet } from './system.ts';
export { type ViewServerContext, viewServer } from './view-server.ts';
export { nextView } from './views.ts';
