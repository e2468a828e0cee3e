// The custom emoji of what is being written, as the core will show them once it is sent.

/** As large as in the timeline (core: cleanHtml). */
const SIZE = "width=96&height=96&method=scale";

/** The HTML that will be sent, with the path of each picture below the resources base. Pure; loads nothing. */
export function withEmojiPaths(html: string): string {
  const { body } = new DOMParser().parseFromString(html, "text/html");
  for (const image of body.querySelectorAll("img[data-mx-emoticon]")) {
    const [, server, media] = /^mxc:\/\/([^/]+)\/([\w-]+)$/.exec(image.getAttribute("src") ?? "") ?? [];
    image.removeAttribute("src");
    if (server !== undefined && media !== undefined)
      image.setAttribute("data-mxc", `media/${encodeURIComponent(server)}/${media}?${SIZE}`);
  }
  return body.innerHTML;
}
