// Tagged JSON for JavaScript values; the C++ side is json.h, the form is in README.md. Runs in Node and in workerd.

const REPEAT_FROM = 65;
const VIEWS = [Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array, Float32Array,
  Float64Array, BigInt64Array, BigUint64Array];

const hexOf = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
const bytesOf = (hex) => Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));

function stringJson(text) {
  if (!text.isWellFormed?.() && /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/.test(text)) {
    const units = Array.from({ length: text.length }, (_, i) => text.charCodeAt(i).toString(16).padStart(4, '0'));
    return { $: 'string', utf16: units.join('') };
  }
  const repeated = text.length >= REPEAT_FROM && text === text[0].repeat(text.length);
  return repeated ? { $: 'repeat', text: text[0], count: text.length } : text;
}

function numberJson(number) {
  if (Object.is(number, -0)) return { $: 'number', value: '-0' };
  return Number.isFinite(number) ? number : { $: 'number', value: String(number) };
}

function bufferJson(buffer) {
  const bytes = new Uint8Array(buffer);
  const repeated = bytes.length >= REPEAT_FROM && bytes.every((byte) => byte === bytes[0]);
  const json = repeated ? { $: 'arraybuffer', length: bytes.length, byte: bytes[0] } : { $: 'arraybuffer', hex: hexOf(bytes) };
  if (buffer.resizable) json.maxLength = buffer.maxByteLength;
  return json;
}

// The objects that occur more than once carry an id, so that cycles and identity are kept.
function countObjects(value, seen) {
  if (typeof value !== 'object' || value === null) return;
  seen.set(value, (seen.get(value) ?? 0) + 1);
  if (seen.get(value) > 1) return;
  if (value instanceof Map) for (const [key, item] of value) countObjects(key, seen), countObjects(item, seen);
  else if (value instanceof Set) for (const item of value) countObjects(item, seen);
  else if (ArrayBuffer.isView(value)) countObjects(value.buffer, seen);
  else if (value instanceof Error) countObjects(value.cause, seen);
  else for (const key of Object.keys(value)) countObjects(value[key], seen);
}

export function toTagged(root) {
  const seen = new Map();
  const ids = new Map();
  countObjects(root, seen);

  const convert = (value) => {
    switch (typeof value) {
      case 'undefined': return { $: 'undefined' };
      case 'boolean': return value;
      case 'number': return numberJson(value);
      case 'bigint': return { $: 'bigint', value: String(value) };
      case 'string': return stringJson(value);
      case 'symbol': return { $: 'symbol', description: value.description ?? '' };
      case 'function': return { $: 'function' };
    }
    if (value === null) return null;
    if (seen.get(value) === 1) return contents(value, undefined);
    if (ids.has(value)) return { $: 'ref', id: ids.get(value) };
    ids.set(value, ids.size + 1);
    return contents(value, ids.get(value));
  };

  const members = (value, keys) => Object.fromEntries(keys.map((key) => [key, convert(value[key])]));

  const contents = (value, id) => {
    const own = id === undefined ? {} : { id };
    if (Array.isArray(value)) return arrayJson(value, own, id);
    if (value instanceof Map) return { $: 'map', ...own, entries: Array.from(value, (entry) => entry.map(convert)) };
    if (value instanceof Set) return { $: 'set', ...own, values: Array.from(value, convert) };
    if (value instanceof Date) return { $: 'date', ms: Number.isFinite(+value) ? +value : 'NaN', ...own };
    if (value instanceof RegExp) return { $: 'regexp', source: value.source, flags: value.flags, ...own };
    if (value instanceof ArrayBuffer) return { ...bufferJson(value), ...own };
    if (ArrayBuffer.isView(value)) return viewJson(value, own);
    if (value instanceof Error) return errorJson(value, own);
    if (value instanceof Boolean || value instanceof Number || value instanceof String || value instanceof BigInt) {
      return { $: 'boxed', value: convert(value.valueOf()), ...own };
    }
    return objectJson(value, own, id);
  };

  const arrayJson = (value, own, id) => {
    const items = Array.from({ length: value.length }, (_, i) => (i in value ? convert(value[i]) : { $: 'hole' }));
    const named = Object.keys(value).filter((key) => !/^(0|[1-9][0-9]*)$/.test(key));
    if (id === undefined && named.length === 0) return items;
    return { $: 'array', ...own, items, ...(named.length ? { properties: members(value, named) } : {}) };
  };

  const viewJson = (value, own) => {
    const view = VIEWS.find((type) => value instanceof type);
    const place = { buffer: convert(value.buffer), offset: value.byteOffset };
    if (!view) return { $: 'dataview', ...own, ...place, length: value.byteLength };
    return { $: 'typedarray', type: view.name, ...own, ...place, length: value.length };
  };

  const errorJson = (value, own) => {
    const cause = Object.hasOwn(value, 'cause') ? { cause: convert(value.cause) } : {};
    return { $: 'error', name: String(value.name), message: String(value.message), ...own, ...cause };
  };

  const objectJson = (value, own, id) => {
    const keys = Object.keys(value);
    if (id === undefined && !keys.includes('$')) return members(value, keys);
    return { $: 'object', ...own, entries: members(value, keys) };
  };

  return convert(root);
}

const NUMBERS = { '-0': -0, NaN: NaN, Infinity: Infinity, '-Infinity': -Infinity };
const ERRORS = { EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError };

// `hosts`: live API objects by type name, for {"$":"host","type":...}.
export function fromTagged(root, hosts = {}) {
  const byId = new Map();
  const keep = (json, value) => {
    if (json.id !== undefined) byId.set(json.id, value);
    return value;
  };

  // V8 writes a whole number as a real where another object of the same shape has held a real: not where one has held null.
  const fill = (object, entries) => {
    for (const [key, item] of Object.entries(entries)) {
      object[key] = null;
      object[key] = convert(item);
    }
    return object;
  };

  // V8 writes an array by what it has been: packed or holey, of reals or of anything. Each is made here in the way that
  // leaves no other mark; one that may be part of a cycle exists before its elements do.
  const arrayOf = (json, items) => {
    if (items.some((item) => item?.$ === 'hole')) {
      const array = keep(json, []);
      array.length = items.length;
      items.forEach((item, index) => {
        if (item?.$ !== 'hole') array[index] = convert(item);
      });
      return array;
    }
    if (json.id === undefined || items.every((item) => typeof item === 'number')) return keep(json, items.map(convert));
    const array = keep(json, items.map(() => null));
    items.forEach((item, index) => {
      array[index] = convert(item);
    });
    return array;
  };

  const KINDS = {
    undefined: () => undefined,
    number: (json) => NUMBERS[json.value],
    bigint: (json) => BigInt(json.value),
    string: (json) => String.fromCharCode(...(json.utf16.match(/.{4}/g) ?? []).map((unit) => parseInt(unit, 16))),
    repeat: (json) => json.text.repeat(json.count),
    symbol: (json) => Symbol(json.description),
    function: () => function f() {},
    host: (json) => hosts[json.type],
    ref: (json) => byId.get(json.id),
    object: (json) => fill(keep(json, {}), json.entries),
    array: (json) => fill(arrayOf(json, json.items), json.properties ?? {}),
    map: (json) => {
      const map = keep(json, new Map());
      for (const [key, value] of json.entries) map.set(convert(key), convert(value));
      return map;
    },
    set: (json) => {
      const set = keep(json, new Set());
      for (const value of json.values) set.add(convert(value));
      return set;
    },
    date: (json) => keep(json, new Date(json.ms === 'NaN' ? NaN : json.ms)),
    regexp: (json) => keep(json, new RegExp(json.source, json.flags)),
    boxed: (json) => keep(json, Object(convert(json.value))),
    arraybuffer: (json) => {
      const bytes = json.hex === undefined ? new Uint8Array(json.length).fill(json.byte ?? 0) : bytesOf(json.hex);
      if (json.maxLength === undefined) return keep(json, bytes.buffer);
      const buffer = new ArrayBuffer(bytes.length, { maxByteLength: json.maxLength });
      new Uint8Array(buffer).set(bytes);
      return keep(json, buffer);
    },
    typedarray: (json) => {
      const view = VIEWS.find((type) => type.name === json.type);
      return keep(json, new view(convert(json.buffer), json.offset, json.length));
    },
    dataview: (json) => keep(json, new DataView(convert(json.buffer), json.offset, json.length)),
    error: (json) => {
      const error = keep(json, new (ERRORS[json.name] ?? Error)(json.message));
      if (error.name !== json.name) error.name = json.name;
      if ('cause' in json) Object.defineProperty(error, 'cause', { value: convert(json.cause), writable: true, configurable: true });
      return error;
    },
  };

  const convert = (json) => {
    // A number out of a list of reals is a real to V8, whole or not: the small integer it stands for is made anew.
    if (typeof json === 'number' && (json | 0) === json && !Object.is(json, -0)) return json | 0;
    if (typeof json !== 'object' || json === null) return json;
    if (Array.isArray(json)) return arrayOf({}, json);
    if (!Object.hasOwn(json, '$')) return fill({}, json);
    const kind = KINDS[json.$];
    if (!kind) throw new TypeError(`unknown kind of value "${json.$}"`);
    return kind(json);
  };

  return convert(root);
}
