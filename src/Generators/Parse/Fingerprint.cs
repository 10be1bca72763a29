namespace Prebake.Generators.Parse;

/// <summary>Tells texts apart that are too many to be kept: two sums of 64 bits, each over all characters.</summary>
internal struct Fingerprint : IEquatable<Fingerprint>
{
    // FNV-1a, and the same with the multiplier of Knuth's MMIX
    private ulong _first = 14695981039346656037, _second = 1442695040888963407;

    public Fingerprint()
    {
    }

    public void Add(string text)
    {
        foreach (char c in text) Add(c);
    }

    public void Add(char c)
    {
        _first = unchecked((_first ^ c) * 1099511628211);
        _second = unchecked((_second ^ c) * 6364136223846793005 + 1442695040888963407);
    }

    public void Add(Fingerprint other)
    {
        _first = unchecked((_first ^ other._first) * 1099511628211);
        _second = unchecked((_second ^ other._second) * 6364136223846793005 + 1442695040888963407);
    }

    public readonly bool Equals(Fingerprint other) => _first == other._first && _second == other._second;

    public override readonly bool Equals(object? obj) => obj is Fingerprint other && Equals(other);

    public override readonly int GetHashCode() => (int)_first;
}
