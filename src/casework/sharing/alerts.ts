/**
 * Findings in the shape in which the Mobile Verification Toolkit writes `alerts.json`, for programs that read that. The
 * shape is a fact about the file; levels are ours.
 */
import type { Shared, SharedFinding, SharedIndicator } from './shared.js';

export async function* alertsJson(shared: Shared): AsyncGenerator<string> {
  const alerts =
    shared.findings.length > 0
      ? shared.findings.map(alertOf)
      : shared.indicators.map((indicator) => indicatorAlert(indicator, shared));
  yield '[';
  let separator = '\n';
  for (const alert of alerts) {
    yield `${separator}${JSON.stringify(alert)}`;
    separator = ',\n';
  }
  yield '\n]\n';
}

function alertOf(finding: SharedFinding): object {
  const indicator = finding.indicators.find(({ basis }) => basis === 'published');
  return {
    level: levelOf(finding.severity),
    module: finding.detector,
    message: finding.title,
    event_time: finding.time === null ? '' : eventTime(finding.time.at),
    event: {
      id: finding.id,
      run: finding.run,
      version: finding.version,
      confidence: finding.confidence,
      time_known: finding.time?.known ?? null,
      technique: finding.technique,
      reasons: finding.reasonCodes,
      subjects: finding.subjects,
      places: finding.places,
      ...(finding.details === null ? {} : { details: finding.details }),
    },
    matched_indicator: indicator === undefined ? null : matched(indicator),
  };
}

function indicatorAlert(indicator: SharedIndicator, { words }: Shared): object {
  return {
    level: levelOf(indicator.severity),
    module: 'indicators',
    message: words(`indicator.${indicator.basis}`),
    event_time: indicator.firstSeen === null ? '' : eventTime(indicator.firstSeen.at),
    event: {
      type: indicator.type,
      value: indicator.value,
      time_known: indicator.firstSeen?.known ?? null,
      findings: indicator.findings,
    },
    matched_indicator: indicator.basis === 'published' ? matched(indicator) : null,
  };
}

function matched({ value, type, family, lists }: SharedIndicator): object {
  return { value, type, name: family ?? '', stix2_file_name: lists[0] ?? '' };
}

function levelOf(severity: SharedFinding['severity']): string {
  return severity === 'info' ? 'INFORMATIONAL' : severity.toUpperCase();
}

function eventTime(at: string): string {
  return at.replace('T', ' ').replace('Z', '');
}
