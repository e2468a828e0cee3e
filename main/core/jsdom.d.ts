// The little of jsdom that our tests use. Its own types would bring the DOM's names into main, where they must not resolve.
declare module "jsdom" {
  interface Attribute {
    readonly name: string;
    readonly value: string;
  }
  interface ParsedElement {
    readonly localName: string;
    readonly namespaceURI: string;
    readonly attributes: Iterable<Attribute>;
    getAttribute(name: string): string | null;
  }
  interface ParsedDocument {
    readonly head: { readonly childNodes: { readonly length: number } };
    querySelectorAll(selector: string): Iterable<ParsedElement>;
    createNodeIterator(root: ParsedDocument, whatToShow: number): { nextNode(): unknown };
  }
  export class JSDOM {
    readonly window: {
      readonly DOMParser: new () => { parseFromString(html: string, type: "text/html"): ParsedDocument };
      readonly NodeFilter: { readonly SHOW_COMMENT: number };
    };
  }
}
