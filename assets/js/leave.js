// A form that was changed and not sent asks before its page is left. Searches and switches do not, nor forms whose draft is
// kept ([data-draft] that said so).
export function askBeforeLeaving() {
  const changed = new Set();
  document.addEventListener('input', (event) => {
    const form = event.target.form;
    if (form && form.method === 'post' && form.getAttribute('role') !== 'search' && !('passing' in form.dataset)) changed.add(form);
  });
  document.addEventListener('submit', (event) => changed.delete(event.target));
  const kept = (form) => form.dataset.draftKept === 'true';
  addEventListener('beforeunload', (event) => {
    if ([...changed].some((form) => form.isConnected && !kept(form))) event.preventDefault();
  });
}
