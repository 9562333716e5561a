// Says so, rather than standing still, where the browser lacks what everything else is built on.
((vigia) => {
  vigia.isTooOld = typeof BigInt !== 'function';
  if (!vigia.isTooOld) return;
  const words = [vigia.texts.es.choose.tooOld, vigia.texts.en.choose.tooOld];
  document.getElementById('status').textContent = words.join(' · ');
})(vigia);
