/** `--faults`: a preset by its name, or else a file; a file with a preset's name is meant by `./name`. */
import { presets, type Schedule } from '../index.ts';
import { readSchedule } from './files.ts';
import type { Io } from './io.ts';

/** The name of a preset, or a schedule from a file. */
export async function faultsArgument(
  faults: string | undefined,
  io: Io,
): Promise<string | Schedule | undefined> {
  if (faults === undefined || Object.hasOwn(presets, faults)) return faults;
  return faults === '-' || /[/\\.]/.test(faults) ? readSchedule(faults, io) : faults;
}
