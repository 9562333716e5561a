/** A STIX 2.1 bundle of invented indicators (domains under reserved names, processes, files), for benchmarks. */
export function syntheticStix(count: number): string {
  const malware = 'malware--00000000-0000-4000-8000-000000000000';
  const objects: object[] = [
    {
      type: 'malware',
      spec_version: '2.1',
      id: malware,
      name: 'Synthetic',
      is_family: false,
      created: TIME,
      modified: TIME,
    },
  ];
  for (let index = 0; index < count; index += 1) {
    const suffix = index.toString(16).padStart(12, '0');
    const id = `indicator--00000000-0000-4000-8000-${suffix}`;
    objects.push(
      {
        type: 'indicator',
        spec_version: '2.1',
        id,
        created: TIME,
        modified: TIME,
        indicator_types: ['malicious-activity'],
        pattern: patternOf(index),
        pattern_type: 'stix',
        valid_from: TIME,
      },
      {
        type: 'relationship',
        spec_version: '2.1',
        id: `relationship--00000000-0000-4000-8000-${suffix}`,
        created: TIME,
        modified: TIME,
        relationship_type: 'indicates',
        source_ref: id,
        target_ref: malware,
      },
    );
  }
  return JSON.stringify({ type: 'bundle', id: 'bundle--00000000-0000-4000-8000-000000000000', objects });
}

const TIME = '2024-01-01T00:00:00.000Z';

// Nine domains for one of the others: as in the published lists.
function patternOf(index: number): string {
  if (index % 10 !== 9) return `[domain-name:value='lure-${index}.bench${index % 97}.example']`;
  const others = [
    `[process:name='benchd${index}']`,
    `[file:path='/private/var/db/bench-${index}']`,
    `[email-addr:value='b${index}@example.net']`,
  ];
  return others[Math.floor(index / 10) % others.length] ?? `[process:name='benchd${index}']`;
}
