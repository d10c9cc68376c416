// Draws docs/demo.svg, the terminal capture in the README, from the demo's real output:
//
//     npm run demo > demo.txt && node docs/make-demo-picture.mjs demo.txt
import { readFileSync, writeFileSync } from 'node:fs';

const LINE_PX = 17;
const CHARACTER_PX = 7.83;
const MAX_CHARACTERS = 112;
const MARGIN_PX = 18;

const lines = shortened(readFileSync(process.argv[2] ?? '/dev/stdin', 'utf8').split('\n'));
const width = Math.ceil(MAX_CHARACTERS * CHARACTER_PX + 2 * MARGIN_PX);
const height = lines.length * LINE_PX + 2 * MARGIN_PX;
const text = lines.map(
  (line, index) =>
    `<text x="${MARGIN_PX}" y="${MARGIN_PX + (index + 1) * LINE_PX - 5}" class="${styleOf(line)}">${escaped(line)}</text>`,
);
writeFileSync(
  new URL('demo.svg', import.meta.url),
  `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">
<title>Output of npm run demo</title>
<style>
text { font: 13px ui-monospace, 'SF Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace; white-space: pre; fill: #d6deeb; }
.title { font-weight: bold; fill: #ffffff; } .dim { fill: #8b98a9; } .good { fill: #7fdb9a; } .bad { fill: #ff8a80; }
</style>
<rect width="100%" height="100%" rx="8" fill="#101720"/>
${text.join('\n')}
</svg>
`,
);

/**
 * Leaves out the build's own log lines, and all events of the execution's history except the first and the last ones.
 */
function shortened(all) {
  const history = all.findIndex((line) => line.startsWith('The execution history'));
  const isEvent = (line) => /^ +\d+ +\d+\.\d\d s {2}/.test(line);
  const events = all.slice(history).filter(isEvent);
  const kept = all
    .slice(0, history + 1)
    .filter((line) => !/^ {2}\| (\[Container\]|codeseeder:)|^> |^Ending|^ {2}\| +at |^ {2}phase/.test(line));
  return [
    '$ npm run demo',
    ...withoutBlankRuns([...kept, ...events.slice(0, 1), '      ...', ...events.slice(-1)]),
  ].map((line) => (line.length > MAX_CHARACTERS ? `${line.slice(0, MAX_CHARACTERS - 1)}…` : line.trimEnd()));
}

function withoutBlankRuns(all) {
  return all.filter((line, index) => line.trim() !== '' || (all[index - 1] ?? '').trim() !== '');
}

function styleOf(line) {
  if (/=> threw|FAILED|ExecutionFailed|QuotaExceeded|Error/.test(line)) return 'bad';
  if (/=> |SUCCEEDED/.test(line)) return 'good';
  return line.startsWith(' ') ? 'dim' : 'title';
}

function escaped(line) {
  return line.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
