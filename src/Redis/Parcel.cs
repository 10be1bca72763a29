namespace Prebake.Redis;

/// <summary>One published message on its way to other instances.</summary>
internal readonly record struct Parcel(string Topic, ReadOnlyMemory<byte> Data, MessageKind Kind, bool Compress)
{
    // What it costs beside its bytes: an object or two
    private const int Overhead = 128;

    /// <summary>What it counts for while it waits.</summary>
    public int Cost => Data.Length + (Topic.Length * 2) + Overhead;
}
