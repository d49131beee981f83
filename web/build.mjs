// Bundle the report's script and style into two files that a page can carry inside itself, and
// bring the fonts that printed orders are set in.
import { copyFile, mkdir, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const modules = createRequire(import.meta.url);
const out = fileURLToPath(new URL("../src/clearway/publish/static/", import.meta.url));

// MapLibre starts its worker from a URL; the report has no other file to point to, so the
// worker's text is part of the script and becomes a blob.
const workerText = {
  name: "worker-text",
  setup(bundler) {
    bundler.onResolve({ filter: /^worker-text:/ }, (wanted) => ({
      path: modules.resolve(wanted.path.slice("worker-text:".length)),
      namespace: "worker-text",
    }));
    bundler.onLoad({ filter: /.*/, namespace: "worker-text" }, async (wanted) => {
      const worker = await build({
        entryPoints: [wanted.path],
        bundle: true,
        minify: true,
        write: false,
        format: "iife",
        target: "es2022",
        legalComments: "none",
        define: { "import.meta.url": '""' },
      });
      return { contents: worker.outputFiles[0].text, loader: "text" };
    });
  },
};

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
await build({
  entryPoints: { report: "src/main.js" },
  outdir: out,
  bundle: true,
  minify: true,
  charset: "ascii",
  format: "iife",
  target: "es2022",
  // The licence notice stays in the file that people get.
  legalComments: "inline",
  loader: { ".svg": "dataurl" },
  // Bundled into a page, the script has no address of its own.
  define: { "import.meta.url": '""' },
  plugins: [workerText],
  logLevel: "warning",
});

// Printed orders are set in one typeface that has both scripts; its licence goes wherever it goes.
const fonts = "@expo-google-fonts/ibm-plex-sans-arabic";
await mkdir(`${out}fonts`);
for (const [from, to] of [
  ["400Regular/IBMPlexSansArabic_400Regular.ttf", "IBMPlexSansArabic-Regular.ttf"],
  ["700Bold/IBMPlexSansArabic_700Bold.ttf", "IBMPlexSansArabic-Bold.ttf"],
  ["LICENSE_FONT", "OFL.txt"],
]) {
  await copyFile(modules.resolve(`${fonts}/${from}`), `${out}fonts/${to}`);
}
