// What bare V8 lacks and browsers have, left alone where it exists. Nothing secret is drawn from these numbers.

globalThis.crypto ??= {};
globalThis.crypto.getRandomValues ??= (array) => {
  for (let at = 0; at < array.length; at += 1) array[at] = Math.floor(Math.random() * 2 ** 32);
  return array;
};
