// Checks the project's files against rules.mjs: node tools/check/check.mjs [ROOT]
// Prints PATH:LINE: what is wrong (rule), and ends with 1 when anything was.
import { execFileSync } from 'node:child_process';
import { readFileSync, existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { RULES } from './rules.mjs';

const root = process.argv[2] ?? join(dirname(fileURLToPath(import.meta.url)), '../..');

// What is tracked, and what would be: a new file is checked before it is committed.
const listed = execFileSync('git', ['-C', root, 'ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
  encoding: 'utf8', maxBuffer: 1 << 26,
});
const files = [...new Set(listed.split('\0'))]
  .filter((path) => path !== '' && existsSync(join(root, path)))
  .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
if (files.length === 0) {
  console.error(`${root}: no files to check`);
  process.exit(2);
}

let count = 0;
for (const [name, rule] of Object.entries(RULES)) {
  for (const { path, line, message } of rule(files)) {
    console.log(`${path}:${line}: ${message} (${name})`);
    count += 1;
  }
}
console.log(`${files.length} files, ${Object.keys(RULES).length} rules, ${count} problems`);
process.exit(count === 0 ? 0 : 1);
