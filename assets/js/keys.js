// Instruments are filled from the keyboard. Inside [data-keys], every <fieldset> with radio buttons is a question:
//   0…9          chooses the answer with that number and goes to the next question: the answers' own keys
//                ([data-key]), which are the scores where there are scores, or else their order
//   .            makes a half of the score just typed, where there is one: 1 . 5 is 1.5, and so is 1 .
//   ↑ ↓ ← →      move between the answers, as browsers do
//   Enter, Page Down / Page Up   next / previous question
//   Delete       clears the answer
// [data-answered] shows how many questions have an answer; [data-next-missing] jumps to the first without. The page
// begins at the first question without an answer, unless something else has the focus.
export function answerKeys() {
  for (const sheet of document.querySelectorAll('[data-keys]')) listen(sheet);
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
  sheet.addEventListener('keydown', (event) => {
    if (event.target.type !== 'radio' || event.ctrlKey || event.altKey || event.metaKey) return;
    const question = event.target.closest('fieldset');
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
  });
  count();
  if (sheet.querySelector('[data-key]') && document.activeElement === document.body) go(questions.find((one) => !chosen(one)));
}
