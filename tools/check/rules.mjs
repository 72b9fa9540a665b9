// The rules that no compiler checks, each as a function from the project's files to problems.
// A file: { path, text }, its path relative to the project's root with forward slashes.

// core <- reference-server <- sim <- conformance <- tools; a layer includes itself and what is before it.
const LAYERS = ['core', 'reference-server', 'sim', 'conformance', 'tools'];

// What runs in the simulator has no outside: these may not touch the operating system.
const DRIVES_REAL_TCP = [
  'reference-server/serve/',
  'reference-server/boost_impl.cc',
];

const FILE_LINES_MAX = 500;
const FUNCTION_LINES_MAX = 70;

const CODE = /\.(cc|h|in|js|mjs)$/;
const CPP = /\.(cc|h)$/;

const lines = (text) => text.split('\n');

function problemsOf(file, pattern, message) {
  const found = [];
  lines(file.text).forEach((line, index) => {
    const match = pattern.exec(line);
    if (match) found.push({ path: file.path, line: index + 1, message: message(match) });
  });
  return found;
}

const isTest = (path) => /_test\.(cc|mjs)$/.test(path);

// Without comments and string literals, so that prose may name what code may not.
export function codeOnly(text) {
  return text
    .replace(/R"(\w*)\([\s\S]*?\)\1"/g, (raw) => raw.replace(/[^\n]/g, ' '))
    .replace(/\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]/g, ' '))
    .split('\n')
    .map((line) => (/^\s*#\s*include/.test(line) ? line : line.replace(/"(\\.|[^"\\])*"/g, '""').replace(/\/\/.*$/, '')))
    .join('\n');
}

const isSimulated = (path) =>
  CPP.test(path) &&
  ['core/', 'sim/', 'reference-server/'].some((prefix) => path.startsWith(prefix)) &&
  !DRIVES_REAL_TCP.some((prefix) => path.startsWith(prefix));

export function includeDirection(files) {
  return files.filter(({ path }) => CPP.test(path)).flatMap((file) => {
    const own = LAYERS.indexOf(file.path.split('/')[0]);
    return problemsOf(file, /^\s*#\s*include\s+"([^"]+)"/, ([, included]) => included)
      .map((problem) => ({ ...problem, layer: LAYERS.indexOf(problem.message.split('/')[0]) }))
      .filter(({ layer, message }) => layer > own || layer === -1 ||
        (isSimulated(file.path) && DRIVES_REAL_TCP.some((prefix) => message.startsWith(prefix))))
      .map(({ path, line, message, layer }) => ({
        path, line,
        message: layer === -1
          ? `"${message}": includes name files from the project's root`
          : `${file.path.split('/')[0]} may not include ${message}; allowed: ${LAYERS.slice(0, own + 1).join(', ')}`,
      }));
  });
}

const FORBIDDEN_HEADERS = /^\s*#\s*include\s+<(boost\/asio[^>]*|boost\/beast\/(core|websocket)[^>]*|thread|mutex|shared_mutex|atomic|condition_variable|future|semaphore|latch|barrier|stop_token|chrono|ctime|time\.h|random|unordered_map|unordered_set|unistd\.h|pthread\.h|sys\/[^>]*|netinet\/[^>]*|poll\.h)>/;
const FORBIDDEN_NAMES = /\b(random_device|mt19937(?:_64)?|default_random_engine|\w+_distribution|system_clock|steady_clock|high_resolution_clock|gettimeofday|clock_gettime|std::time|std::rand|s?rand(?=\()|std::thread|std::jthread|std::async|std::hash|unordered_(?:multi)?(?:map|set)|thread_local|getenv)\b/;

// Time and chance only come through the clock and the oracle of the world; nothing iterates in the order of hashes.
// core/time.h is where <chrono>'s units (no clock) come in. Tests may run other programs, nothing more.
export function noOutsideWorld(files) {
  return files.filter(({ path }) => isSimulated(path)).flatMap((file) => {
    const code = { path: file.path, text: codeOnly(file.text) };
    const headers = problemsOf(code, FORBIDDEN_HEADERS, ([, header]) => header)
      .filter(({ message }) => !(file.path === 'core/time.h' && message === 'chrono'))
      .map((problem) => ({ ...problem, message: `<${problem.message}> is forbidden in what runs on the virtual clock` }));
    const names = problemsOf({ path: file.path, text: code.text.replace(/^\s*#.*$/gm, '') }, FORBIDDEN_NAMES, ([name]) => `${name} is forbidden in what runs on the virtual clock`);
    return [...headers, ...names];
  });
}

const FLOATING = /\b(float|double)\b|(?<![\w.])\d+\.\d+(?![\w.]*")|\b\d+e[-+]?\d+\b/;
const JAVASCRIPT_NUMBERS = ['core/value/', 'core/object/conversions.', 'core/object/user_sql.', 'reference-server/samples/'];

export function noFloatingPoint(files) {
  return files
    .filter(({ path }) => isSimulated(path) && !isTest(path) && !JAVASCRIPT_NUMBERS.some((prefix) => path.startsWith(prefix)))
    .flatMap((file) => problemsOf({ path: file.path, text: codeOnly(file.text) }, FLOATING,
      ([what]) => `${what}: floating point is for JavaScript values (${JAVASCRIPT_NUMBERS.join(' ')}) only`));
}

export function smallFiles(files) {
  return files.filter(({ path }) => CODE.test(path)).flatMap(({ path, text }) => {
    const count = lines(text).length - 1;
    return count > FILE_LINES_MAX ? [{ path, line: count, message: `${count} lines; at most ${FILE_LINES_MAX}` }] : [];
  });
}

// The outermost blocks with a parameter list, as [first line, last line] counted from 0: what is in a namespace or a type,
// and is neither.
function functionsOf(text) {
  const found = [];
  const open = [];  // of each open brace: { scope } or { begin }
  let statement = '', begin = 0, line = 0;
  for (const c of text) {
    if (c === '{') {
      const inFunction = open.some(({ scope }) => !scope);
      const scope = !inFunction && (/\b(namespace|extern|class|struct|enum|union)\b(?!.*\()/s.test(statement) || !statement.includes('('));
      open.push({ scope, begin, counts: !scope && !inFunction });
      statement = '';
    } else if (c === '}') {
      const block = open.pop();
      if (block?.counts) found.push([block.begin, line]);
      statement = '';
    } else if (c === ';') {
      statement = '';
    } else {
      if (statement === '' && /\s/.test(c)) { if (c === '\n') line += 1; continue; }
      if (statement === '') begin = line;
      statement += c;
    }
    if (c === '\n') line += 1;
  }
  return found;
}

export function smallFunctions(files) {
  return files.filter(({ path }) => CPP.test(path)).flatMap(({ path, text }) =>
    functionsOf(codeOnly(text).replace(/^\s*#.*$/gm, '').replace(/'(\\.|[^'\\\n])'/g, "''"))
      .filter(([first, last]) => last - first + 1 > FUNCTION_LINES_MAX)
      .map(([first, last]) => ({
        path, line: first + 1, message: `a function of ${last - first + 1} lines; at most ${FUNCTION_LINES_MAX}`,
      })));
}

// A test program that no CMakeLists.txt names never runs.
export function registeredTests(files) {
  const lists = files.filter(({ path }) => /(^|\/)CMakeLists\.txt$/.test(path)).map(({ text }) => text).join('\n');
  return files
    .filter(({ path }) => isTest(path))
    .filter(({ path }) => !lists.includes(path.split('/').pop()))
    .map(({ path }) => ({ path, line: 1, message: 'is a test that no CMakeLists.txt names' }));
}

const HOSTS = /\bhttps?:\/\/([\w.-]+)/;
const KNOWN_HOSTS = ['127.0.0.1', 'localhost', 'example.com', 'www.apache.org', 'developers.cloudflare.com'];
const MACHINE_PATH = /(?:^|[^\w./-])(\/(?:home|root|work|farm|Users)\/[\w.-]+)/;

export function namesNoMachine(files) {
  return files.filter(({ path }) => !path.startsWith('tools/check/')).flatMap((file) => [
    ...problemsOf(file, MACHINE_PATH, ([, path]) => `${path} is a path of one machine`),
    ...problemsOf(file, HOSTS, ([, host]) => host)
      .filter(({ message }) => !KNOWN_HOSTS.includes(message))
      .map((problem) => ({ ...problem, message: `${problem.message} is not a host the project may name` })),
  ]);
}

// A folder that holds code says what it holds; the catalogue's areas are explained by their parent.
export function everyFolderExplained(files) {
  const explained = new Set(files.filter(({ path }) => path.endsWith('/README.md')).map(({ path }) => path.slice(0, -10)));
  const folders = new Set(files.filter(({ path }) => CPP.test(path) || /\.m?js$/.test(path))
    .map(({ path }) => path.split('/').slice(0, -1).join('/')));
  return [...folders].filter((folder) => !explained.has(folder))
    .map((folder) => ({ path: `${folder}/README.md`, line: 1, message: 'is missing: it says what the folder holds' }));
}

export const RULES = {
  includeDirection, noOutsideWorld, noFloatingPoint, smallFiles, smallFunctions, registeredTests, namesNoMachine,
  everyFolderExplained,
};
