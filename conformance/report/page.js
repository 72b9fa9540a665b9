// Filters the matrix by text and outcome, and copies reproduce lines. The page is complete without it.
(() => {
  const search = document.getElementById('search');
  const buttons = [...document.querySelectorAll('.filters button')];
  const rows = [...document.querySelectorAll('tr.case')];
  const groups = [...document.querySelectorAll('tr.group')];
  const pressed = () => buttons.filter(b => b.getAttribute('aria-pressed') === 'true').map(b => b.dataset.kind);

  function apply() {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const kinds = pressed();
    const shown = new Set();
    for (const row of rows) {
      const text = row.textContent.toLowerCase();
      const has = row.dataset.kinds.split(' ');
      row.hidden = !words.every(w => text.includes(w)) || (kinds.length > 0 && !kinds.some(k => has.includes(k)));
      if (!row.hidden) shown.add(row.dataset.group);
    }
    for (const group of groups) group.hidden = !shown.has(group.dataset.group);
    document.getElementById('shown').textContent = rows.filter(r => !r.hidden).length + ' of ' + rows.length + ' cases';
  }

  if (search) {
    search.addEventListener('input', apply);
    for (const button of buttons) {
      button.addEventListener('click', () => {
        button.setAttribute('aria-pressed', String(button.getAttribute('aria-pressed') !== 'true'));
        apply();
      });
    }
    apply();
  }
  for (const button of document.querySelectorAll('button.copy')) {
    button.addEventListener('click', () => {
      navigator.clipboard.writeText(button.previousElementSibling.textContent);
      button.textContent = 'copied';
    });
  }
})();
