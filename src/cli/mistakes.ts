/** The sentence for a call that commander refuses. */
import type { Command, CommanderError } from 'commander';
import { suggestion } from '../index.ts';

export function callMistake(
  error: CommanderError,
  program: Command,
  argv: readonly string[],
  calledAs: string,
): string {
  const commands = program.commands.map((command) => command.name());
  const typed = argv.find((word) => !word.startsWith('-')) ?? '';
  const command = commands.includes(typed) ? `${typed} ` : '';
  const message = error.message
    .replace(/^error: /, '')
    .replace(/\s*\(Did you mean (one of )?([^?)]*)\?\)/, '; did you mean $2?')
    .replaceAll('\n', ' ')
    .trim();
  switch (error.code) {
    case 'commander.help':
      return `name a command: ${commands.join(', ')}; \`${calledAs} --help\` tells what they do`;
    case 'commander.unknownCommand':
      return `there is no command "${typed}"${suggestion(typed, commands)}`;
    case 'commander.missingArgument':
      return `\`${typed}\` needs ${message.includes("'file'") ? `a ${typed === 'history' ? 'history' : 'run'} FILE, or - for standard input` : 'a SYSTEM: a built-in name or the path of a module'}; \`${calledAs} ${command}--help\` shows examples`;
    case 'commander.excessArguments':
      return `\`${typed}\` takes one SYSTEM or FILE and was given more; options come with two dashes, as in --json`;
    case 'commander.optionMissingArgument':
      return `${message.replace(/ argument missing$/, '')} needs a value; \`${calledAs} ${command}--help\` shows examples`;
    default:
      return message.includes('did you mean')
        ? message
        : `${message}; \`${calledAs} ${command}--help\` lists the options`;
  }
}
