/**
 * What is dropped beside a drop zone would be opened by the browser in place of this page: evidence that is a web page would
 * then run. Drop zones take theirs before it comes this far.
 */
export function refuseStrayDrops(): void {
  const refuse = (event: DragEvent): void => {
    if (event.defaultPrevented) return;
    event.preventDefault();
    if (event.dataTransfer) event.dataTransfer.dropEffect = 'none';
  };
  window.addEventListener('dragover', refuse);
  window.addEventListener('drop', refuse);
}
