/** Texts by their SHA-256: the operations that clients registered by sending both. */
export interface AutomaticStore {
  get(hash: string): string | undefined;
  set(hash: string, text: string): void;
  figures(): { readonly operations: number; readonly characters: number };
}

/** Keeps what was used last, within bounds: anybody may register anything. */
export function createAutomaticStore(
  mostOperations: number,
  mostCharacters: number,
): AutomaticStore {
  const texts = new Map<string, string>();
  let characters = 0;
  const forget = (hash: string) => {
    characters -= texts.get(hash)?.length ?? 0;
    texts.delete(hash);
  };
  return {
    get(hash) {
      const text = texts.get(hash);
      if (text === undefined) return undefined;
      texts.delete(hash);
      texts.set(hash, text);
      return text;
    },
    set(hash, text) {
      forget(hash);
      texts.set(hash, text);
      characters += text.length;
      for (const oldest of texts.keys()) {
        if (texts.size <= mostOperations && characters <= mostCharacters) break;
        forget(oldest);
      }
    },
    figures: () => ({ operations: texts.size, characters }),
  };
}
