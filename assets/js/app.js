// Enhancements only: every page works without this file.
import htmx from 'htmx.org';
import { copyButtons } from './copy.js';
import { dateFields } from './dates.js';
import { draftForms } from './draft.js';
import { fileFields } from './files.js';
import { answerKeys } from './keys.js';
import { askBeforeLeaving } from './leave.js';
import { announce } from './live.js';
import { watchSession } from './session.js';

Object.assign(htmx.config, {
  allowEval: false,
  allowScriptTags: false,
  includeIndicatorStyles: false,
  historyCacheSize: 0,
  refreshOnHistoryMiss: true,
  scrollIntoViewOnBoost: false,
  timeout: 20000,
  // A refused form (422, 409) comes back as a page with its errors: show it. Other errors are announced below.
  responseHandling: [
    { code: '204', swap: false },
    { code: '[23]..', swap: true },
    { code: '409', swap: true },
    { code: '422', swap: true },
    { code: '...', swap: false, error: true },
  ],
});
globalThis.htmx = htmx;

// The session has ended: the redirect led to the sign-in page, which must not appear inside a list.
document.addEventListener('htmx:beforeSwap', (event) => {
  if (new URL(event.detail.xhr.responseURL, location.href).pathname !== '/sign-in' || location.pathname === '/sign-in') return;
  event.detail.shouldSwap = false;
  location.reload();
});

const words = document.body.dataset;
document.addEventListener('htmx:responseError', (event) => {
  // The session has ended or the right was taken away: the full page says it best.
  if (event.detail.xhr.status === 401 || event.detail.xhr.status === 403) location.reload();
  else announce(words.failed);
});
document.addEventListener('htmx:sendError', () => announce(words.offline));
document.addEventListener('htmx:timeout', () => announce(words.offline));

// Errors of a form are read out and reachable at once.
document.querySelector('[data-focus]')?.focus();
document.addEventListener('htmx:afterSettle', (event) => event.target.querySelector?.('[data-focus]')?.focus());

// A menu made of <details> closes with Escape and with a click elsewhere.
const openMenus = () => document.querySelectorAll('details[data-menu][open]');
document.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape') return;
  for (const menu of openMenus()) {
    const inside = menu.contains(document.activeElement);
    menu.open = false;
    if (inside) menu.querySelector('summary').focus();
  }
});
document.addEventListener('click', (event) => {
  for (const menu of openMenus()) if (!menu.contains(event.target)) menu.open = false;
});

for (const button of document.querySelectorAll('[data-print]')) {
  button.hidden = false;
  button.addEventListener('click', () => print());
}

dateFields(document);
copyButtons(document);
fileFields(document);
document.addEventListener('htmx:load', (event) => {
  dateFields(event.detail.elt);
  copyButtons(event.detail.elt);
  fileFields(event.detail.elt);
});

// Every answer to a form is a page of its own (web::kept), but for strangers nothing is kept: the page with a wrong password
// becomes the sign-in page for Back and reload, so that no browser asks whether to send it once more.
if (document.querySelector('.bare')) history.replaceState(history.state, '', location.href);

draftForms();
askBeforeLeaving();
watchSession();
answerKeys();
