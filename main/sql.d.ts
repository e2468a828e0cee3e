// Vite's `?raw` suffix gives a file's text; SQL lives in .sql files and reaches the code this way.
declare module "*.sql?raw" {
  const text: string;
  export default text;
}
