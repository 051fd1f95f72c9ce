import { wordsFor } from '../../config/flags/flag.ts';
import {
  BESIDE_COMMANDS,
  families,
  firstWords,
  quoted,
  secondWord,
  type Completed,
} from './words.ts';

const listed = (words: readonly string[]) => `@(${words.map(quoted).join(', ')})`;

/** Offers the words that fit at the cursor, from the tables above. */
const OFFER = [
  '  $typed = @($commandAst.CommandElements | Select-Object -Skip 1 | ForEach-Object { $_.ToString() })',
  "  if ($wordToComplete -ne '' -and $typed.Count -gt 0) { $typed = @($typed | Select-Object -SkipLast 1) }",
  '  $offer = @()',
  '  if ($typed.Count -eq 0) {',
  '    $offer = $first',
  '  } elseif ($typed.Count -eq 1 -and $families.ContainsKey($typed[0])) {',
  '    $offer = $families[$typed[0]]',
  '  } else {',
  '    $command = $typed[0]',
  '    if ($families.ContainsKey($command)) { $command = "$command $($typed[1])" }',
  '    $last = $typed[-1]',
  '    if ($choices.ContainsKey("$command $last")) { $offer = $choices["$command $last"] }',
  '    elseif ($takes -contains $last) { $offer = @() }',
  "    elseif ($wordToComplete -like '-*') { $offer = $flags[$command] }",
  '    else { $offer = $after[$command] }',
  '  }',
  '  @($offer) | Where-Object { $_ -and $_ -like "$wordToComplete*" } | ForEach-Object {',
  "    [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)",
  '  }',
  '}',
] as const;

/** Makes the completion for PowerShell 5.1 and later. If it offers nothing, PowerShell offers files. */
export function powershellCompletion(commands: readonly Completed[]): string {
  const flags = commands.map(
    ({ name, flags: own }) => `    ${quoted(name)} = ${listed(own.flatMap(wordsFor))}`,
  );
  const members = [...families(commands)].map(
    ([first, those]) => `    ${quoted(first)} = ${listed(those.map(secondWord))}`,
  );
  // `--format` has a different list for each command.
  const choices = commands.flatMap(({ name, flags: own }) =>
    own.flatMap((flag) =>
      flag.choices === undefined
        ? []
        : [`    ${quoted(`${name} --${flag.name}`)} = ${listed(flag.choices)}`],
    ),
  );
  const after = commands.flatMap(({ name, after: hint }) =>
    hint.kind === 'words' ? [`    ${quoted(name)} = ${listed(hint.words)}`] : [],
  );
  const takes = new Set(
    commands.flatMap(({ flags: own }) =>
      own.flatMap((flag) => (flag.kind === 'switch' ? [] : [`--${flag.name}`])),
    ),
  );
  return [
    '# okta-reset completion for PowerShell: okta-reset completion powershell | Out-String | Invoke-Expression',
    'Register-ArgumentCompleter -Native -CommandName okta-reset -ScriptBlock {',
    '  param($wordToComplete, $commandAst, $cursorPosition)',
    '  $flags = @{',
    ...flags,
    '  }',
    '  $families = @{',
    ...members,
    '  }',
    '  $choices = @{',
    ...choices,
    '  }',
    '  $after = @{',
    ...after,
    '  }',
    `  $takes = ${listed([...takes])}`,
    `  $first = ${listed([...firstWords(commands).keys(), ...BESIDE_COMMANDS])}`,
    ...OFFER,
    '',
  ].join('\n');
}
