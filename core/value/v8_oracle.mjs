// Answers what V8 makes of tagged values: reads a JSON list from standard input, writes a JSON list of
// {"hex", "tagged"}: the octets of v8.Serializer, and the value read back from them.
import { Serializer, Deserializer } from 'node:v8';
import { fromTagged, toTagged } from './tagged_json.mjs';

function serialize(value) {
  const serializer = new Serializer();
  serializer._setTreatArrayBufferViewsAsHostObjects(false);
  serializer.writeHeader();
  serializer.writeValue(value);
  return serializer.releaseBuffer();
}

function deserialize(octets) {
  const deserializer = new Deserializer(octets);
  deserializer.readHeader();
  return deserializer.readValue();
}

// A stack is the engine's own text: without one, an error's octets are told by its name, message and cause.
function withoutStacks(value, seen = new Set()) {
  if (typeof value !== 'object' || value === null || seen.has(value) || ArrayBuffer.isView(value)) return value;
  seen.add(value);
  if (value instanceof Error) {
    delete value.stack;
    withoutStacks(value.cause, seen);
  } else if (value instanceof Map) {
    for (const [key, item] of value) withoutStacks(key, seen), withoutStacks(item, seen);
  } else if (value instanceof Set) {
    for (const item of value) withoutStacks(item, seen);
  } else {
    for (const key of Object.keys(value)) withoutStacks(value[key], seen);
  }
  return value;
}

let input = '';
for await (const chunk of process.stdin) input += chunk;
const answers = JSON.parse(input).map((tagged) => {
  const octets = serialize(withoutStacks(fromTagged(tagged)));
  try {
    return { hex: octets.toString('hex'), tagged: toTagged(deserialize(octets)) };
  } catch (error) {
    throw new Error(`V8 cannot read what it wrote for ${JSON.stringify(tagged)}: ${error.message}`);
  }
});
process.stdout.write(JSON.stringify(answers));
