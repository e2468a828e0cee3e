/** What HTML says without its tags; parsed apart from the page, where nothing of it runs or is fetched. */
export function withoutTags(html: string): string {
  const { body } = new DOMParser().parseFromString(html, "text/html");
  for (const hidden of body.querySelectorAll("script, style, template")) hidden.remove();
  for (const lineEnd of body.querySelectorAll("br")) lineEnd.replaceWith("\n");
  return body.textContent.trim();
}
