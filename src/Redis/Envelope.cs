using System.Buffers.Binary;
using System.Text;

namespace Prebake.Redis;

/// <summary>
/// What stands in one message of the channel: whose it is, the number of its first message, and the messages, which are
/// numbered on from there.
/// </summary>
/// <remarks>
/// <code>
/// 4  "PBK1"
/// 16 the instance
/// 8  the number of the first message; integers are big-endian
/// then, for each message:
/// 1  1 text, 2 binary; 0x80: may be compressed
/// 2  length of the topic
/// 4  length of the payload
///    topic (UTF-8), payload
/// </code>
/// </remarks>
internal static class Envelope
{
    public const int HeadSize = 28;
    private const int EntrySize = 7;
    private const byte CompressFlag = 0x80;

    private static ReadOnlySpan<byte> Magic => "PBK1"u8;

    /// <summary>Some messages in a row; none is a sign of life.</summary>
    public static byte[] Write(Guid instance, long first, ReadOnlySpan<Parcel> parcels)
    {
        int size = HeadSize;
        foreach (Parcel parcel in parcels) size += SizeOf(parcel);

        byte[] bytes = new byte[size];
        Magic.CopyTo(bytes);
        instance.TryWriteBytes(bytes.AsSpan(4), bigEndian: true, out _);
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(20), first);

        Span<byte> at = bytes.AsSpan(HeadSize);
        foreach (Parcel parcel in parcels)
        {
            at[0] = (byte)((byte)parcel.Kind | (parcel.Compress ? CompressFlag : 0));
            int topic = Encoding.UTF8.GetBytes(parcel.Topic, at[EntrySize..]);
            BinaryPrimitives.WriteUInt16BigEndian(at[1..], (ushort)topic);
            BinaryPrimitives.WriteInt32BigEndian(at[3..], parcel.Data.Length);
            parcel.Data.Span.CopyTo(at[(EntrySize + topic)..]);
            at = at[(EntrySize + topic + parcel.Data.Length)..];
        }

        return bytes;
    }

    /// <summary>How many bytes of an envelope it takes.</summary>
    public static int SizeOf(in Parcel parcel) =>
        EntrySize + Encoding.UTF8.GetByteCount(parcel.Topic) + parcel.Data.Length;

    /// <summary>The longest topic that fits in, in bytes of UTF-8.</summary>
    public const int MaxTopic = ushort.MaxValue;

    /// <summary>Its length cannot be written.</summary>
    public static bool IsTooLong(string topic) =>
        topic.Length > MaxTopic / 3 && Encoding.UTF8.GetByteCount(topic) > MaxTopic;

    /// <summary>False: not an envelope of ours.</summary>
    public static bool TryReadHead(ReadOnlySpan<byte> bytes, out Guid instance, out long first)
    {
        instance = default;
        first = 0;
        if (bytes.Length < HeadSize || !bytes.StartsWith(Magic)) return false;

        instance = new Guid(bytes.Slice(4, 16), bigEndian: true);
        first = BinaryPrimitives.ReadInt64BigEndian(bytes[20..]);
        return true;
    }

    /// <summary>The next message and what follows it. False: there is none, or it is damaged.</summary>
    public static bool TryReadNext(ref ReadOnlyMemory<byte> rest, out Parcel parcel)
    {
        parcel = default;
        ReadOnlySpan<byte> bytes = rest.Span;
        if (bytes.Length < EntrySize) return false;

        var kind = (MessageKind)(bytes[0] & ~CompressFlag);
        int topic = BinaryPrimitives.ReadUInt16BigEndian(bytes[1..]);
        int length = BinaryPrimitives.ReadInt32BigEndian(bytes[3..]);
        if (kind is not (MessageKind.Text or MessageKind.Binary) || length < 0) return false;
        if (bytes.Length - EntrySize - topic < length) return false;

        parcel = new Parcel(
            Encoding.UTF8.GetString(bytes.Slice(EntrySize, topic)), rest.Slice(EntrySize + topic, length), kind,
            (bytes[0] & CompressFlag) != 0);
        rest = rest[(EntrySize + topic + length)..];
        return true;
    }
}
