/** The frame of the verifier page. Its texts stand in Spanish until the script puts those of the chosen language. */
import { flattenMessages } from '../../core/language.js';
import { escapeHtml } from '../../report/html-parts.js';
import es from './es.json' with { type: 'json' };

interface PageParts {
  /** Content Security Policy. */
  readonly policy: string;
  readonly style: string;
  readonly script: string;
}

export function pageHtml({ policy, style, script }: PageParts): string {
  return `<!doctype html>
<html lang="es">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>Vigía</title>
<style>${style}</style>
</head>
<body>
<header>
<div class="furniture"><p class="brand">Vigía</p><div class="languages"><button type="button" data-language="es" lang="es">Español</button><button type="button" data-language="en" lang="en">English</button></div></div>
${said('h1', 'title')}
${said('p', 'lead')}
<noscript><p><strong lang="es">Esta página necesita JavaScript para comprobar.</strong> <strong lang="en">This page needs JavaScript to check anything.</strong></p></noscript>
</header>
<main>
<section class="drop" id="drop">
${said('h2', 'choose.title')}
${said('p', 'choose.drop')}
<div class="buttons">
<label class="button"><input type="file" id="folder" webkitdirectory multiple>${said('span', 'choose.folder')}</label>
<label class="button"><input type="file" id="files" multiple>${said('span', 'choose.files')}</label>
</div>
<details>
${said('summary', 'ownKey.title')}
${said('p', 'ownKey.why')}
${said('label', 'ownKey.label', ' for="key"')}
<textarea id="key" rows="2" spellcheck="false" autocomplete="off"></textarea>
${said('button', 'ownKey.use', ' type="button" class="button" id="use-key"')}
<p id="key-answer" role="status"></p>
</details>
</section>
<div id="status" role="status"></div>
<progress id="progress" max="1" value="0" hidden></progress>
<div id="result"></div>
</main>
<script>${script}</script>
</body>
</html>
`;
}

const TEXTS = flattenMessages(es);

function said(tag: string, id: string, attributes = ''): string {
  return `<${tag}${attributes} data-text="${id}">${escapeHtml(TEXTS[id] ?? '')}</${tag}>`;
}
