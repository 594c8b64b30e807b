// What bare V8 lacks and browsers have; each is left alone where it exists.

globalThis.crypto ??= {};
globalThis.crypto.getRandomValues ??= (array) => array.map(() => Math.floor(Math.random() * 2 ** 32));
