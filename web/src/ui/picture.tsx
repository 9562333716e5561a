import { useEffect, useState } from 'react';
import classes from './picture.module.css';

/**
 * A picture drawn by the server as SVG text. It is shown as an image, in which nothing runs and nothing is fetched.
 * Its numbers stand in a table beside it: `alt` says what it shows.
 */
export function Picture({ svg, alt }: { readonly svg: string; readonly alt: string }) {
  const [address, setAddress] = useState<string | null>(null);
  useEffect(() => {
    const url = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
    setAddress(url);
    return () => URL.revokeObjectURL(url);
  }, [svg]);
  return address === null ? null : <img className={classes.picture} src={address} alt={alt} />;
}
