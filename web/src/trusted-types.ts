/**
 * The only way for a string to become HTML on this page: Mantine writes style sheets through it, which hold no `<`. Whatever
 * holds one is refused, so that evidence cannot become HTML by mistake.
 */
interface TrustedTypesWindow {
  readonly trustedTypes?: {
    createPolicy(name: string, rules: { createHTML(text: string): string }): unknown;
  };
}

export function guardHtml(): void {
  (window as TrustedTypesWindow).trustedTypes?.createPolicy('default', {
    createHTML: (text) => {
      if (text.includes('<')) throw new TypeError('text does not become HTML here');
      return text;
    },
  });
}
