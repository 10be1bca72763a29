using System.Text;
using Prebake.Generators.Model;

namespace Prebake.Generators.Plan;

/// <summary>One frame that is a constant, and the calls that send it.</summary>
/// <param name="Way">The method that they call.</param>
/// <param name="Shape">Its overload.</param>
/// <param name="Compresses">It may be compressed.</param>
/// <param name="Bytes">Header and payload.</param>
/// <param name="Calls">In a fixed order.</param>
internal sealed record PlannedFrame(
    SendWay Way, SendShape Shape, bool Compresses, byte[] Bytes, IReadOnlyList<ConstantSend> Calls)
{
    /// <summary>The message in a comment.</summary>
    public string Payload => Calls[0].Payload;
}

/// <summary>The frames of all constant messages of a project.</summary>
internal static class FramePlan
{
    // RFC 6455 section 5.2: the last frame of its message, unmasked; two more bytes hold lengths above 125
    private const byte IsLast = 0x80, LengthFollows = 126;
    private const int LongestShort = 125;

    public static IReadOnlyList<PlannedFrame> Of(IEnumerable<ConstantSend> sends) => sends
        .GroupBy(send => WithoutName(send.Place))
        // Two files of the same contents: the compiler could not tell their calls apart, and would refuse both
        .Where(group => group.Count() == 1)
        .Select(group => group.Single())
        .GroupBy(send => (send.Way, send.Shape, send.Compresses, send.IsText, send.Payload))
        .OrderBy(group => group.Key.Payload, StringComparer.Ordinal)
        .ThenBy(group => group.Key.Way)
        .ThenBy(group => group.Key.Shape)
        .ThenBy(group => group.Key.Compresses)
        .ThenBy(group => group.Key.IsText)
        .Select(group => new PlannedFrame(
            group.Key.Way,
            group.Key.Shape,
            group.Key.Compresses,
            FrameOf(group.Key.IsText, group.Key.Payload),
            group.OrderBy(send => send.Place, StringComparer.Ordinal).ToArray()))
        .ToArray();

    public static byte[] FrameOf(bool isText, string payload)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(payload);
        byte first = (byte)(IsLast | (isText ? 1 : 2));
        return bytes.Length <= LongestShort
            ? [first, (byte)bytes.Length, .. bytes]
            : [first, LengthFollows, (byte)(bytes.Length >> 8), (byte)bytes.Length, .. bytes];
    }

    /// <summary>The checksum of the file and the position in it: 20 bytes. Behind them stands the file's name.</summary>
    private static string WithoutName(string place)
    {
        const int Length = 20;
        byte[] bytes = Convert.FromBase64String(place);
        return Convert.ToBase64String(bytes, 0, Math.Min(Length, bytes.Length));
    }
}
