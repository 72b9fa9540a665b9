// Each rule finds what it is for, and only that.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { RULES } from './rules.mjs';

const found = (rule, path, text, others = []) => RULES[rule]([{ path, text }, ...others]).map(({ path: at, line }) => `${at}:${line}`);
const one = (path, line = 1) => [`${path}:${line}`];

test('a layer includes itself and what is before it', () => {
  assert.deepEqual(found('includeDirection', 'core/a.h', '#include "sim/world.h"\n'), one('core/a.h'));
  assert.deepEqual(found('includeDirection', 'sim/a.cc', '\n#include "conformance/judge/judge.h"\n'), one('sim/a.cc', 2));
  assert.deepEqual(found('includeDirection', 'sim/a.cc', '#include "reference-server/serve/serve.h"\n'), one('sim/a.cc'));
  assert.deepEqual(found('includeDirection', 'core/a.cc', '#include "a.h"\n'), one('core/a.cc'));
  assert.deepEqual(found('includeDirection', 'sim/a.cc', '#include "core/time.h"\n#include "sim/a.h"\n#include <map>\n'), []);
  assert.deepEqual(found('includeDirection', 'tools/torpor/a.cc', '#include "reference-server/serve/serve.h"\n'), []);
});

test('what runs on the virtual clock knows no other', () => {
  for (const line of ['#include <boost/asio/post.hpp>', '#include <thread>', '#include <chrono>', '#include <random>',
    '#include <unordered_map>', '#include <sys/time.h>', 'std::random_device seed;', 'auto t = std::chrono::steady_clock::now();',
    'std::uniform_int_distribution<int> d;', 'std::unordered_set<int> s;', 'int n = rand();', 'std::hash<int> h;']) {
    for (const path of ['core/object/a.cc', 'sim/a.h', 'reference-server/a.cc']) {
      assert.deepEqual(found('noOutsideWorld', path, `\n${line}\n`), one(path, 2), line);
    }
    assert.deepEqual(found('noOutsideWorld', 'reference-server/serve/a.cc', line), []);
    assert.deepEqual(found('noOutsideWorld', 'conformance/a.cc', line), []);
  }
  assert.deepEqual(found('noOutsideWorld', 'core/time.h', '#include <chrono>'), []);
  assert.deepEqual(found('noOutsideWorld', 'core/a.cc', '// no steady_clock\nauto s = "std::hash";\nint operand(int);'), []);
});

test('floating point is for JavaScript values', () => {
  for (const line of ['double x;', 'float f(int);', 'auto half = 0.5;', 'auto many = 1e9;']) {
    assert.deepEqual(found('noFloatingPoint', 'sim/a.cc', line), one('sim/a.cc'), line);
    assert.deepEqual(found('noFloatingPoint', 'core/value/a.cc', line), []);
    assert.deepEqual(found('noFloatingPoint', 'conformance/a.cc', line), []);
  }
  assert.deepEqual(found('noFloatingPoint', 'sim/a.cc', 'auto s = "1.5"; // 0.5\nint x = 0x1e5; int y = a.b; int z = 1\'000;'), []);
});

test('files and functions stay small', () => {
  assert.deepEqual(found('smallFiles', 'sim/a.cc', 'x\n'.repeat(501)), one('sim/a.cc', 501));
  assert.deepEqual(found('smallFiles', 'sim/a.cc', 'x\n'.repeat(500)), []);
  const body = (count) => `namespace n {\nclass C {\n  int f(int a,\n        int b) {\n${'    a += "}";\n'.repeat(count)}  }\n};\n}\n`;
  assert.deepEqual(found('smallFunctions', 'sim/a.cc', body(68)), one('sim/a.cc', 3));
  assert.deepEqual(found('smallFunctions', 'sim/a.cc', body(67)), []);
});

test('a test that nobody registers is found', () => {
  const list = { path: 'sim/CMakeLists.txt', text: 'TESTS a_test.cc' };
  assert.deepEqual(found('registeredTests', 'sim/b_test.cc', '', [list]), one('sim/b_test.cc'));
  assert.deepEqual(found('registeredTests', 'sim/a_test.cc', '', [list]), []);
});

test('no path of a machine, no unknown host', () => {
  assert.deepEqual(found('namesNoMachine', 'README.md', `cd ${'/home'}/me/x`), one('README.md'));
  assert.deepEqual(found('namesNoMachine', 'a.json', '"https://packages.invalid/x"'), one('a.json'));
  assert.deepEqual(found('namesNoMachine', 'a.md', 'http://127.0.0.1:80/ and conformance/work/x'), []);
});

test('every folder of code has its README', () => {
  assert.deepEqual(found('everyFolderExplained', 'sim/deep/a.cc', ''), one('sim/deep/README.md'));
  assert.deepEqual(found('everyFolderExplained', 'sim/a.cc', '', [{ path: 'sim/README.md', text: '' }]), []);
});
