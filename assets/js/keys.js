// Instruments are filled from the keyboard. Inside [data-keys], every <fieldset> with radio buttons is a question:
//   0…9          chooses the answer with that number and goes to the next question: the answers' own keys
//                ([data-key]), which are the scores where there are scores, or else their order
//   .            makes a half of the score just typed, where there is one: 1 . 5 is 1.5, and so is 1 .
//   ↑ ↓ ← →      move between the answers, as browsers do
//   Enter, Page Down / Page Up   next / previous question
//   Delete       clears the answer
// The digits count as soon as the page is open, wherever nobody types: then they answer the first question without an
// answer. [data-answered] shows how many questions have an answer; [data-next-missing] jumps to the first without. The page
// begins at the first question without an answer, unless something else has the focus.
export function answerKeys() {
  for (const sheet of document.querySelectorAll('[data-keys]')) listen(sheet);
  rowKeys();
}

// Nobody types here: the key is the page's own. In a field it is text, and in a dialog somebody is asked something else.
function isFree(event) {
  if (event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented) return false;
  return !event.target.closest?.('input, textarea, select, [contenteditable], dialog') && !document.querySelector('dialog[open]');
}

function listen(sheet) {
  const questions = [...sheet.querySelectorAll('fieldset')].filter((set) => set.querySelector('input[type=radio]'));
  const answersOf = (question) => [...question.querySelectorAll('input[type=radio]')].filter((a) => !a.disabled);
  const chosen = (question) => answersOf(question).find((answer) => answer.checked);
  const go = (question) => {
    const answer = question && (chosen(question) ?? answersOf(question)[0]);
    answer?.focus();
    question?.scrollIntoView({ block: 'nearest' });
    return Boolean(answer);
  };

  const counter = document.querySelector('[data-answered]');
  const jump = document.querySelector('[data-next-missing]');
  const count = () => {
    const answered = questions.filter(chosen).length;
    if (counter) counter.textContent = `${answered} / ${questions.length}`;
    for (const question of questions) question.classList.toggle('is-answered', Boolean(chosen(question)));
    if (jump) jump.hidden = answered === questions.length;
  };
  if (jump) jump.addEventListener('click', () => go(questions.find((question) => !chosen(question))));

  // The question whose whole score was typed last, and whether its half may still be spelt out.
  let typed;
  let spelling = false;
  const choose = (answer) => {
    answer.checked = true;
    answer.dispatchEvent(new Event('change', { bubbles: true }));
  };
  const halfOf = (question) => {
    const whole = question && chosen(question);
    return whole && answersOf(question).find((answer) => answer.dataset.key === `${whole.dataset.key}.5`);
  };

  sheet.addEventListener('change', count);
  const hear = (event, question) => {
    const at = questions.indexOf(question);
    if (at < 0) return;
    const next = () => go(questions[at + 1]) || (sheet.closest('form') ?? sheet).querySelector('[type=submit]')?.focus();
    const [before, spelt] = [typed, spelling];
    typed = undefined;
    spelling = false;
    if (spelt && event.key === '5') {
      // The half stands already.
    } else if (['.', ',', '。', 'Decimal'].includes(event.key)) {
      const half = halfOf(before ?? question);
      if (!half) return;
      choose(half);
      spelling = true;
      if (!before) next();
    } else if (/^[0-9]$/.test(event.key)) {
      const answers = answersOf(question);
      const answer = answers.some((one) => one.dataset.key)
        ? answers.find((one) => one.dataset.key === event.key)
        : answers[Number(event.key) - 1];
      if (!answer) return;
      choose(answer);
      typed = question;
      next();
    } else if (event.key === 'Enter' || event.key === 'PageDown') {
      next();
    } else if (event.key === 'PageUp') {
      go(questions[at - 1]);
    } else if (event.key === 'Delete' || event.key === 'Backspace') {
      const answer = chosen(question);
      if (!answer) return;
      answer.checked = false;
      answer.dispatchEvent(new Event('change', { bubbles: true }));
    } else {
      return;
    }
    event.preventDefault();
  };
  sheet.addEventListener('keydown', (event) => {
    if (event.target.type !== 'radio' || event.ctrlKey || event.altKey || event.metaKey) return;
    hear(event, event.target.closest('fieldset'));
  });
  document.addEventListener('keydown', (event) => {
    if (/^[0-9]$/.test(event.key) && isFree(event)) hear(event, questions.find((question) => !chosen(question)));
  });
  count();
  if (sheet.querySelector('[data-key]') && document.activeElement === document.body) go(questions.find((one) => !chosen(one)));
}

// A list of many rows: inside [data-row-keys] every row with a <select> is answered by a digit, the place of the result in
// its list (0 is none), and the next row follows. On the ticks of a row a digit ticks the one with that number. Enter and
// Page Down go on, Page Up goes back. The first digit counts as soon as the page is open.
function rowKeys() {
  const list = document.querySelector('[data-row-keys]');
  if (!list) return;
  const rows = [...list.querySelectorAll('tr')].filter((row) => row.querySelector('select'));
  const result = (row) => row.querySelector('select');
  const go = (row) => {
    if (!row) return;
    result(row).focus();
    row.scrollIntoView({ block: 'nearest' });
  };
  const changed = (field) => field.dispatchEvent(new Event('change', { bubbles: true }));
  const choose = (row, key) => {
    const field = row && result(row);
    if (!field || Number(key) >= field.options.length) return false;
    field.selectedIndex = Number(key);
    changed(field);
    go(rows[rows.indexOf(row) + 1] ?? row);
    return true;
  };
  const tick = (row, key) => {
    const box = [...row.querySelectorAll('input[type=checkbox]')].find((one) => one.value === key);
    if (!box) return false;
    box.checked = !box.checked;
    changed(box);
    return true;
  };
  list.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const row = event.target.closest('tr');
    const at = rows.indexOf(row);
    const ticks = event.target.type === 'checkbox';
    if (at < 0 || !(ticks || event.target.tagName === 'SELECT')) return;
    if (/^[0-9]$/.test(event.key)) {
      if (!(ticks ? tick(row, event.key) : choose(row, event.key))) return;
    } else if (event.key === 'Enter' || event.key === 'PageDown') {
      go(rows[at + 1]);
    } else if (event.key === 'PageUp') {
      go(rows[at - 1]);
    } else {
      return;
    }
    event.preventDefault();
  });
  document.addEventListener('keydown', (event) => {
    if (!/^[0-9]$/.test(event.key) || !isFree(event)) return;
    if (choose(rows.find((row) => !result(row).value), event.key)) event.preventDefault();
  });
}
