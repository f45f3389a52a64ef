// What the browser keeps of a visitor's choices. Where it keeps nothing (forbidden, full, a frame in a page of others: then even to ask for
// the storage is an error), they last as long as the page.

class Kept {
  #storage;
  #here = new Map();

  constructor(storage) {
    this.#storage = storage;
  }

  /** What is kept under `key`, or null. */
  get(key) {
    try {
      return this.#here.get(key) ?? this.#storage().getItem(key);
    } catch {
      return null;
    }
  }

  /** Keeps `value`; null: forgets what was kept. */
  set(key, value) {
    this.#here.delete(key);
    try {
      if (value === null) this.#storage().removeItem(key);
      else this.#storage().setItem(key, value);
    } catch {
      if (value !== null) this.#here.set(key, value);
    }
  }
}

export const inBrowser = new Kept(() => localStorage);
export const inTab = new Kept(() => sessionStorage);
