/** `--workload`: a file of loops or of operations. */
import { readWorkload, type WorkloadFile } from './files.ts';
import type { Io } from './io.ts';

/** What the file asks for; nothing without a file. */
export async function workloadArgument(
  file: string | undefined,
  io: Io,
): Promise<WorkloadFile | Record<never, never>> {
  return file === undefined ? {} : readWorkload(file, io);
}
