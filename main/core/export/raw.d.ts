// Vite's `?raw` suffix gives a file's text: pages and styles of the archive lie in files of their own language.
declare module "*.html?raw" {
  const text: string;
  export default text;
}
declare module "*.css?raw" {
  const text: string;
  export default text;
}
