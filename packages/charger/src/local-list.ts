export interface ListedTag {
  readonly idTag: string
  /** Absent: the tag leaves the list. */
  readonly status?: string | undefined
  readonly expiresAt?: number | undefined
}

/** Tags the station knows by itself. (OCPP 1.6, 5.15 SendLocalList; 2.0.1, D) */
export class LocalList {
  private tags = new Map<string, ListedTag>()
  private current = 0

  get version(): number {
    return this.current
  }

  update(version: number, tags: readonly ListedTag[], full: boolean): 'Accepted' | 'VersionMismatch' {
    if (!full && version <= this.current) return 'VersionMismatch'
    if (full) this.tags.clear()
    for (const tag of tags) {
      if (tag.status === undefined) this.tags.delete(tag.idTag)
      else this.tags.set(tag.idTag, tag)
    }
    this.current = version
    return 'Accepted'
  }

  /** Whether a tag may charge; undefined for one that is not listed. */
  judge(idTag: string, at: number): boolean | undefined {
    const tag = this.tags.get(idTag)
    if (!tag) return undefined
    return tag.status === 'Accepted' && at < (tag.expiresAt ?? Number.POSITIVE_INFINITY)
  }
}
