/** The files of a drag or a paste; folders and other things are no files. */
export const filesIn = (data: DataTransfer | null): File[] =>
  [...(data?.items ?? [])]
    .filter((item) => item.kind === "file" && item.webkitGetAsEntry()?.isDirectory !== true)
    .map((item) => item.getAsFile())
    .filter((file) => file !== null);

/**
 * A pasted picture has no name but "image.png", of which one room soon has many. A spreadsheet puts a picture of its
 * cells beside their text: there the text is meant.
 */
export function pastedFiles(data: DataTransfer | null, now: Date): File[] {
  const hasText = data?.types.includes("text/plain") === true;
  const files = filesIn(data);
  if (hasText && files.every((file) => file.type.startsWith("image/"))) return [];
  return files.map((file) => (file.name === "image.png" ? renamed(file, now) : file));
}

function renamed(file: File, now: Date): File {
  const time = now.toISOString().slice(0, 19).replace("T", " ").replaceAll(":", "-");
  return new File([file], `Pasted ${time}.png`, { type: file.type });
}

/** Files dragged over a part of the window. Entering a child fires before leaving its parent, hence the count. */
export class DropZone {
  isOver = $state.raw(false);
  #depth = 0;
  readonly #take: (files: File[]) => void;
  readonly #accepts: () => boolean;

  constructor(take: (files: File[]) => void, accepts: () => boolean) {
    this.#take = take;
    this.#accepts = accepts;
  }

  enter(event: DragEvent): void {
    if (!this.#isMeant(event)) return;
    event.preventDefault();
    this.#depth += 1;
    this.isOver = true;
  }
  over(event: DragEvent): void {
    if (!this.#isMeant(event)) return;
    event.preventDefault();
    if (event.dataTransfer !== null) event.dataTransfer.dropEffect = "copy";
  }
  leave(event: DragEvent): void {
    if (!this.#isMeant(event)) return;
    this.#depth = Math.max(0, this.#depth - 1);
    this.isOver = this.#depth > 0;
  }
  drop(event: DragEvent): void {
    if (!this.#isMeant(event)) return;
    event.preventDefault();
    this.#depth = 0;
    this.isOver = false;
    this.#take(filesIn(event.dataTransfer));
  }

  #isMeant(event: DragEvent): boolean {
    return this.#accepts() && event.dataTransfer?.types.includes("Files") === true;
  }
}
